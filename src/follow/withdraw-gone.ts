import pMap from "p-map";
import type { Kind, Outside, Polled, Source } from "../import/kind.ts";
import { withdraw } from "../ingest/ingest.ts";
import { readRecord } from "../repository/records.ts";
import type { KnownArticle, SourceState } from "../repository/sources.ts";
import { CONCURRENCY } from "../store/limits.ts";
import type { FollowDeps } from "./deps.ts";
import { CONFIRM_AFTER_MS, MAX_ASKED, MAX_WITHDRAWALS, MAX_WITHDRAWN_SHARE } from "./limits.ts";

type Look = {
  /** Of the source. */
  name: string;
  source: Source;
  kind: Kind;
  outside: Outside;
  state: SourceState;
  known: Map<string, KnownArticle>;
  polled: Polled;
  /** Keys of known articles that the list itself calls hidden. */
  hidden: string[];
};

export type Gone = Pick<SourceState, "suspects" | "held" | "confirmed"> & { withdrawn: number };

/**
 * Withdraws the articles that the source itself has called gone or hidden, twice and ten minutes apart, while it answered with
 * its list. A list that lacks an article says nothing by that: the source is asked. Many at once wait for an operator.
 */
export async function withdrawGone(deps: FollowDeps, look: Look): Promise<Gone> {
  const { state, known } = look;
  const now = deps.now();
  const allowed = new Set(state.confirmed ?? []);
  const { suspects, due, confirmed } = await suspectsOf(look, now, allowed);
  const most = Math.min(MAX_WITHDRAWALS, Math.max(1, Math.floor(known.size * MAX_WITHDRAWN_SHARE)));
  // Those that were not asked for again this time count, too: a site that lost much is not withdrawn part by part.
  const isTooMany = due.filter((key) => !allowed.has(key)).length > most;
  const leaving = isTooMany ? confirmed.filter((key) => allowed.has(key)) : confirmed;
  await pMap(leaving, (key) => withdrawOne(deps, known.get(key) as KnownArticle), {
    concurrency: CONCURRENCY,
  });
  for (const key of leaving) {
    known.delete(key);
    delete suspects[key];
  }
  const left = [...allowed].filter((key) => suspects[key] !== undefined);
  const gone = { suspects, withdrawn: leaving.length, ...(left.length === 0 ? {} : { confirmed: left }) };
  const keys = isTooMany ? due.filter((key) => suspects[key] !== undefined && !allowed.has(key)) : [];
  if (keys.length === 0) return gone;
  if (state.held === undefined) deps.log("source.held.failed", { source: look.name, count: keys.length });
  return { ...gone, held: { keys, since: state.held?.since ?? instant(now) } };
}

/** The articles that the source calls gone or hidden, since when; those whose second look is due, and of them those it calls so again. */
async function suspectsOf(
  look: Look,
  now: number,
  allowed: ReadonlySet<string>,
): Promise<{ suspects: SourceState["suspects"]; due: string[]; confirmed: string[] }> {
  const { state, known, polled, hidden } = look;
  const shown = new Set(polled.items.flatMap((item) => ("record" in item ? [item.key] : [])));
  const mayBeGone = (key: string) => known.has(key) && !shown.has(key);
  const told = new Set([...polled.withdrawn, ...hidden].filter(mayBeGone));
  const before = Object.entries(state.suspects).filter(([key]) => mayBeGone(key));
  const due = before.flatMap(([key, since]) => (isDue(since, now) ? [key] : []));
  const fresh = polled.missing.filter((key) => mayBeGone(key) && state.suspects[key] === undefined);
  const first = [...due.filter((key) => allowed.has(key)), ...due];
  const open = [...new Set([...first, ...fresh])].filter((key) => !told.has(key));
  const asked = new Set(open.slice(0, MAX_ASKED));
  for (const key of await goneOf(look, [...asked])) told.add(key);
  // An article that is not asked about this time stays what it was.
  const kept = before.filter(([key]) => told.has(key) || !asked.has(key));
  const begun = [...told].map((key): [string, string] => [key, instant(now)]);
  const still = kept.flatMap(([key, since]) => (isDue(since, now) ? [key] : []));
  return {
    suspects: { ...Object.fromEntries(begun), ...Object.fromEntries(kept) },
    due: still,
    confirmed: still.filter((key) => told.has(key)),
  };
}

const instant = (milliseconds: number) => new Date(milliseconds).toISOString();

const isDue = (since: string, now: number) => now - Date.parse(since) >= CONFIRM_AFTER_MS;

/** Those of the keys whose articles the source calls gone or hidden. */
async function goneOf({ kind, source, outside, known }: Look, keys: string[]): Promise<string[]> {
  const words = await pMap(
    keys,
    async (key) => ({ key, word: await kind.askFor(source, outside, known.get(key) as KnownArticle) }),
    { concurrency: 4 },
  );
  return words.flatMap(({ key, word }) => (word === "gone" || word === "hidden" ? [key] : []));
}

const REASON = "Its source does not show the article any more.";

/** An article that was never taken in, or is killed already, needs no withdrawal. */
async function withdrawOne(deps: FollowDeps, { id }: KnownArticle): Promise<void> {
  const record = await readRecord(deps, id);
  if (record === undefined || record.article.status === "withdrawn") return;
  const { result, version, etag } = await withdraw(deps, id, { reason: REASON });
  deps.log("article.accepted", { id, version, result, by: "follow", etag });
}
