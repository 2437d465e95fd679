import { type StoredRecord, shownBreaking } from "../core/record.ts";
import type { Records } from "../repository/records.ts";
import type { Changed } from "./feed-work.ts";
import { writeHome } from "./home.ts";
import { writeNews } from "./news.ts";
import type { Press } from "./press.ts";
import { readable } from "./tell.ts";

/** `left`: the kills that may still be there, with what went wrong. */
type Told = { changed: Changed[]; left: Map<string, unknown> };

/** `done` never rejects. */
type Telling = { isKill: boolean; done: Promise<Told> };

const nothing = (): Told => ({ changed: [], left: new Map() });

type Batch = { records: Records; isChanged: boolean };

/**
 * Brings the page at the root up to date at once, and for a kill the sitemap for news, for these articles whose windows are written,
 * where a kill or breaking news is among them; other news is left to the tick. `isChanged`: documents of feeds have changed.
 */
export function tellHome(press: Press, ids: string[], { records, isChanged }: Batch): Telling {
  const killed = ids.filter((id) => wasKilled(readable(records, id)));
  const isBreaking = (id: string) => {
    const record = readable(records, id);
    return record !== undefined && shownBreaking(record) !== undefined;
  };
  const isKill = killed.length > 0;
  if (!isKill && !(isChanged && ids.some(isBreaking))) return { isKill, done: Promise.resolve(nothing()) };
  const done = write(press, killed).catch((error: unknown) => {
    press.log("home.failed", { error: String(error) });
    return { changed: [], left: new Map(killed.map((id) => [id, error])) };
  });
  return { isKill, done };
}

/** A story that has come back counts as well: the kill that waits for its answer may be the one that it came back from. */
function wasKilled(record: StoredRecord | undefined): boolean {
  return record?.article.status === "withdrawn" || record?.withdrawal !== undefined;
}

async function write(press: Press, killed: string[]): Promise<Told> {
  if (killed.length === 0) return { ...nothing(), changed: await writeHome(press) };
  const { news, changed } = await writeNews(press, { ids: killed, followsLog: false });
  return { ...nothing(), changed: [...changed, ...(await writeHome(press, news))] };
}
