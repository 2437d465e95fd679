import pMap from "p-map";
import { FlashwireError } from "../core/errors.ts";
import type { Feed } from "../core/feed.ts";
import type { Shown } from "../core/record.ts";
import { shownArticle, versionOf } from "../core/version.ts";
import { type Entry, shown, type Window } from "../core/window.ts";
import type { Rendered } from "../render/renderer.ts";
import { RECORDS_AT_ONCE } from "../repository/limits.ts";
import { articleKey, findRecord, isWithoutBody, type Records } from "../repository/records.ts";
import { windowKey } from "../repository/windows.ts";
import type { Press } from "./press.ts";

/** What the fold was given: the ids of the work, and their records. */
type Fold = { folded: ReadonlySet<string>; records: Records };

/**
 * The documents of the window, or `moved`: entries whose record is no longer at the version that the window names. The
 * next round folds them, because a document never shows a version that its window does not name. Articles that the
 * renderer does not remember are read.
 */
export async function renderWindow(
  press: Press,
  feed: Feed,
  window: Window,
  fold: Fold,
): Promise<{ rendered: Rendered[] } | { moved: string[] }> {
  const articles = new Map<string, Shown>();
  const moved: string[] = [];
  const missing = () =>
    press.renderer.missing(shown(feed, window).entries).filter(({ id }) => !articles.has(id));
  const read = async (entry: Entry) => {
    const article = await readEntry(press, feed, entry, fold);
    if (article === undefined) moved.push(entry.id);
    else articles.set(entry.id, article);
  };
  // While articles are read, other feeds may push entries of this feed out of the renderer's memory: look again. What is
  // found complete is rendered before any other feed has its turn.
  for (let entries = missing(); entries.length > 0 && moved.length === 0; entries = missing())
    await pMap(entries, read, { concurrency: RECORDS_AT_ONCE });
  return moved.length > 0 ? { moved } : { rendered: press.renderer.render(feed, window, articles) };
}

/** Undefined where the record is no longer at the version of the entry. */
async function readEntry(
  press: Press,
  feed: Feed,
  { id, version }: Entry,
  { folded, records }: Fold,
): Promise<Shown | undefined> {
  const known = records.get(id);
  const record = known && !isWithoutBody(known) ? known : await findRecord(press, id);
  const article = record && versionOf(record) === version ? shownArticle(record) : undefined;
  if (article !== undefined) return article;
  // The fold had this very record, so another round would come to the same window.
  if (folded.has(id) && known?.etag === record?.etag) {
    const message = `${windowKey(feed.name)} names version ${version}, which ${articleKey(id)} does not give.`;
    throw new FlashwireError("unreadable", message);
  }
  return undefined;
}
