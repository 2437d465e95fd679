import { documentUrl } from "../core/keys.ts";
import { type Output, outputsOf } from "../render/outputs.ts";
import { putReadersNote, readReadersNote } from "../repository/upkeep-state.ts";
import type { ObjectHead } from "../store/port.ts";
import { attempt } from "./attempt.ts";
import type { UpkeepDeps } from "./deps.ts";
import { EDGE_OLDEST_MS, LOOK_EVERY_MS, LOOK_NOTED_MS } from "./limits.ts";

/** What a public address answers. `modified` is its Last-Modified; `isEmpty`: the body has no byte. */
export type Seen = { status: number; modified: Date | undefined; isEmpty: boolean };

/** Asks a public address as a reader does: through DNS, certificate and CDN. Rejects where no answer comes. */
export type AskAsReader = (url: string) => Promise<Seen>;

/** Looks at what readers get. One for each process: it remembers what it saw. */
export type Readers = {
  /**
   * Answers what is wrong, each in a sentence: nothing when all is well; undefined when a look is not due. A look is due
   * once every five minutes of the clock, which are those that CloudWatch counts by.
   */
  look(): Promise<string[] | undefined>;
};

/** Looks at the first feed of the site file, in every format. Other feeds have the same way to their readers. */
export function createReaders(
  deps: Pick<UpkeepDeps, "site" | "stores" | "log" | "now">,
  ask: AskAsReader,
): Readers {
  const { site, stores, now } = deps;
  const outputs = site.feeds.slice(0, 1).flatMap((feed) => outputsOf(feed));
  const stored = new Map<string, { modified: Date; at: number }>();
  let turn = -1;

  async function faultOf({ key, from }: Output): Promise<string[]> {
    const url = documentUrl(site.origin, from.feed, from.format.segment);
    // A reader may get what the wire cannot look at: the look goes on.
    const head = await attempt(deps, key, [], () => stores.published.head(key));
    const oldest = oldestAllowed(head, stored.get(key), now());
    if (head !== undefined) stored.set(key, { modified: head.modified, at: now() });
    const seen = await ask(url).catch((error: unknown) => reasonOf(url, error));
    if (typeof seen === "string") return [seen];
    const fault = faultIn(seen, oldest);
    return fault === undefined ? [] : [`${url} ${fault}.`];
  }

  async function look(): Promise<string[] | undefined> {
    const due = Math.floor(now() / LOOK_EVERY_MS);
    if (due === turn) return undefined;
    turn = due;
    const faults = (await Promise.all(outputs.map(faultOf))).flat();
    if (faults.length > 0) deps.log("readers.failed", { faults });
    await attempt(deps, "readers", [], () => note(deps, faults));
    return faults;
  }

  return { look };
}

/** The Last-Modified below which an edge shows what it may not show any more. Undefined while nobody can tell. */
function oldestAllowed(
  head: ObjectHead | undefined,
  before: { modified: Date; at: number } | undefined,
  now: number,
): Date | undefined {
  const settled = now - EDGE_OLDEST_MS;
  if (head !== undefined && head.modified.getTime() <= settled) return head.modified;
  // A document that changes all the time is never old: what stood there at the last look may be long gone.
  return before !== undefined && before.at <= settled ? before.modified : undefined;
}

function faultIn({ status, modified, isEmpty }: Seen, oldest: Date | undefined): string | undefined {
  if (status !== 200) return `answers ${status}`;
  if (isEmpty) return "answers no body";
  if (modified === undefined) return "answers no Last-Modified";
  if (oldest === undefined || seconds(modified) >= seconds(oldest)) return undefined;
  return `shows what was written at ${modified.toISOString()}, and later versions are long in the bucket`;
}

/** Most errors name the address themselves. */
function reasonOf(url: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.includes(url) ? message : `${url} cannot be reached: ${message}`;
}

/** HTTP counts whole seconds. */
const seconds = (date: Date) => Math.floor(date.getTime() / 1_000);

/** Written when the answer changes, and once in an hour, so that `status` can say how fresh it is. */
async function note(deps: Pick<UpkeepDeps, "stores" | "log" | "now">, faults: string[]): Promise<void> {
  const before = await readReadersNote(deps);
  const isSame = before !== undefined && before.faults.join("\n") === faults.join("\n");
  const isBad = (list: string[] | undefined) => (list ?? []).length > 0;
  const at = new Date(deps.now()).toISOString();
  if (isSame && deps.now() - Date.parse(before.at) < LOOK_NOTED_MS) return;
  const since = before !== undefined && isBad(before.faults) === isBad(faults) ? before.since : at;
  await putReadersNote(deps, { at, since, faults });
}
