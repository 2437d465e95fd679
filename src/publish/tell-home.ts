import { type StoredRecord, shownBreaking } from "../core/record.ts";
import type { Records } from "../repository/records.ts";
import type { Changed } from "./feed-work.ts";
import { type BegunHome, beginHome, writeHome } from "./home.ts";
import { writeNews } from "./news.ts";
import type { Press } from "./press.ts";
import { isFresh, readable, type Seen } from "./tell.ts";

/** `left`: the kills that may still be there, with what went wrong. */
type Told = { changed: Changed[]; left: Map<string, unknown> };

/** `done` never rejects. */
type Telling = { isKill: boolean; done: Promise<Told> };

const nothing = (): Told => ({ changed: [], left: new Map() });

/** `begun`: what was read beside the windows, where `breakingHome` has begun. */
type Batch = { records: Records; isChanged: boolean; begun: Promise<BegunHome> | undefined };

/**
 * Looks at the page at the root beside the windows of these articles, where breaking news is among them that the log does not have, and
 * no kill, which waits for more.
 */
export function breakingHome(
  press: Press,
  ids: Iterable<string>,
  { records, seen }: { records: Records; seen: Seen },
): Promise<BegunHome> | undefined {
  const found = [...ids].flatMap((id) => readable(records, id) ?? []);
  const isNews = found.some((record) => isBreaking(record) && isFresh(seen, record));
  if (!isNews || found.some(wasKilled)) return undefined;
  const begun = beginHome(press);
  // The writer that needs it looks again where it failed.
  begun.catch(() => {});
  return begun;
}

/**
 * Brings the page at the root up to date at once, and for a kill the sitemap for news, for these articles whose windows are written,
 * where a kill or breaking news is among them; other news is left to the tick. `isChanged`: documents of feeds have changed.
 */
export function tellHome(press: Press, ids: string[], { records, isChanged, begun }: Batch): Telling {
  const killed = ids.filter((id) => wasKilled(readable(records, id)));
  const isKill = killed.length > 0;
  const isNews = isChanged && ids.some((id) => isBreaking(readable(records, id)));
  if (!isKill && !isNews) return { isKill, done: Promise.resolve(nothing()) };
  const done = write(press, killed, begun).catch((error: unknown) => {
    press.log("home.failed", { error: String(error) });
    return { changed: [], left: new Map(killed.map((id) => [id, error])) };
  });
  return { isKill, done };
}

const isBreaking = (record: StoredRecord | undefined) =>
  record !== undefined && shownBreaking(record) !== undefined;

/** A story that has come back counts as well: the kill that waits for its answer may be the one that it came back from. */
function wasKilled(record: StoredRecord | undefined): boolean {
  return record?.article.status === "withdrawn" || record?.withdrawal !== undefined;
}

async function write(press: Press, killed: string[], begun: Promise<BegunHome> | undefined): Promise<Told> {
  if (killed.length === 0) return { ...nothing(), changed: await writeHome(press, begun && { begun }) };
  const { news, changed } = await writeNews(press, { ids: killed, followsLog: false });
  return { ...nothing(), changed: [...changed, ...(await writeHome(press, { news }))] };
}
