import { FlashwireError } from "../core/errors.ts";
import type { FollowedSource } from "../core/site-sources.ts";
import type { Known, Outside, Polled, Source } from "../import/kind.ts";
import { KINDS } from "../import/kinds.ts";
import {
  type KnownArticle,
  putKnown,
  putSourceState,
  readKnown,
  readSourceState,
  type SourceState,
} from "../repository/sources.ts";
import type { FollowDeps } from "./deps.ts";
import { MAX_BACKOFF_MS, MAX_KNOWN, MAX_REFUSED, MORE_AFTER_MS } from "./limits.ts";
import { sourceAt } from "./source-at.ts";
import { type Taken, takeItems } from "./take-items.ts";
import { withdrawGone } from "./withdraw-gone.ts";

/** What a round did. `early`: it was not yet time. `again`: when the next one is due, milliseconds since 1970. */
export type Round = { source: string; again: number } & (
  | { is: "early" | "overtaken" }
  | { is: "failed"; fault: string; failures: number }
  | {
      is: "done";
      taken: number;
      unchanged: number;
      refused: number;
      withdrawn: number;
      held: number;
    }
);

const FRESH: SourceState = {
  polled: new Date(0).toISOString(),
  next: new Date(0).toISOString(),
  cursor: {},
  failures: 0,
  suspects: {},
  refused: [],
};

/**
 * Polls a source once, when its time has come: takes in what is new, and withdraws what the source itself calls gone. The state
 * is written last, so that a round that is cut off is done again; taking an article in twice changes nothing. Throws where the wire's
 * own store fails; what the source does wrong is in the answer.
 */
export async function followOnce(deps: FollowDeps, source: FollowedSource): Promise<Round> {
  const { name } = source;
  const stored = await readSourceState(deps, name);
  const state = stored?.value ?? FRESH;
  const now = deps.now();
  if (now < Date.parse(state.next)) return { source: name, is: "early", again: Date.parse(state.next) };
  const overtaken: Round = { source: name, is: "overtaken", again: now + source.every * 1_000 };
  const before = await readKnown(deps, name);
  const known = new Map((before?.value ?? []).map((article) => [article.key, article]));
  const at = await sourceAt(deps, source);
  const outside: Outside = { ...deps.outside, now: deps.now };
  const polled = await pollOf(source, at, outside, state, known);
  if ("fault" in polled) {
    const failed = failedState(state, source, polled.fault, now);
    deps.log("source.failed", { source: name, failures: failed.failures, error: polled.fault });
    await putSourceState(deps, name, failed, stored);
    const { failures } = failed;
    return { source: name, is: "failed", fault: polled.fault, failures, again: Date.parse(failed.next) };
  }
  const taken = await takeItems(deps, source, polled.items, known);
  const gone = await withdrawGone(deps, {
    name,
    source: at,
    kind: KINDS[source.kind],
    outside,
    state,
    known,
    polled,
    hidden: taken.hidden,
  });
  const articles = newest([...known.values()]);
  if (
    JSON.stringify(articles) !== JSON.stringify(before?.value ?? []) &&
    !(await putKnown(deps, name, articles, before))
  )
    return overtaken;
  const done: SourceState = {
    polled: instant(now),
    heard: instant(now),
    next: instant(now + (polled.hasMore ? MORE_AFTER_MS : source.every * 1_000)),
    cursor: polled.cursor,
    failures: 0,
    suspects: gone.suspects,
    refused: refusedUntilNow(state, taken),
    ...(gone.held === undefined ? {} : { held: gone.held }),
    ...(gone.confirmed === undefined ? {} : { confirmed: gone.confirmed }),
    ...gapOf(state, polled, now),
  };
  if (!(await putSourceState(deps, name, done, stored))) return overtaken;
  const counts = { taken: taken.taken, unchanged: taken.unchanged, refused: taken.refused.length };
  const { withdrawn, held } = gone;
  if (taken.taken + withdrawn > 0) deps.log("source.taken", { source: name, ...counts, withdrawn });
  return {
    source: name,
    is: "done",
    ...counts,
    withdrawn,
    held: held?.keys.length ?? 0,
    again: Date.parse(done.next),
  };
}

const instant = (milliseconds: number) => new Date(milliseconds).toISOString();

async function pollOf(
  { kind }: FollowedSource,
  at: Source,
  outside: Outside,
  { cursor, suspects }: SourceState,
  known: ReadonlyMap<string, Known>,
): Promise<Polled | { fault: string }> {
  try {
    return await KINDS[kind].poll(at, outside, { cursor, known, isWhole: Object.keys(suspects).length > 0 });
  } catch (error) {
    if (error instanceof FlashwireError) return { fault: error.message };
    throw error;
  }
}

/** Each failure in a row doubles the time until the next poll. */
function failedState(state: SourceState, { every }: FollowedSource, fault: string, now: number): SourceState {
  const failures = state.failures + 1;
  const pause = Math.min(
    every * 1_000 * 2 ** Math.min(failures - 1, 20),
    Math.max(MAX_BACKOFF_MS, every * 1_000),
  );
  return { ...state, polled: instant(now), next: instant(now + pause), failures, fault };
}

/** A refused article stays in the list until the door takes a later version. */
function refusedUntilNow({ refused }: SourceState, taken: Taken): SourceState["refused"] {
  const now = new Set(taken.refused.map(({ key }) => key));
  const before = refused.filter(({ key }) => !now.has(key) && !taken.accepted.has(key));
  return [...taken.refused, ...before].slice(0, MAX_REFUSED);
}

/** A gap stays until an operator has seen it, or a later gap takes its place. */
function gapOf(state: SourceState, { hasGap }: Polled, now: number): Pick<SourceState, "gap"> {
  if (hasGap && state.heard !== undefined) return { gap: { from: state.heard, until: instant(now) } };
  return state.gap === undefined ? {} : { gap: state.gap };
}

/** The youngest ones by their dates; those without a date are old. */
function newest(articles: KnownArticle[]): KnownArticle[] {
  if (articles.length <= MAX_KNOWN) return articles;
  return articles
    .toSorted((a, b) => ((a.published ?? "") < (b.published ?? "") ? 1 : -1))
    .slice(0, MAX_KNOWN);
}
