import pMap from "p-map";
import type { Published } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import type { Feed } from "../core/feed.ts";
import { articleKey, windowKey } from "../core/keys.ts";
import { versionOf } from "../core/version.ts";
import type { Entry } from "../core/window.ts";
import { findRecord, isWithoutBody, type Records } from "../repository/records.ts";
import type { Services } from "../services.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";

/**
 * Adds the articles of these entries, at the versions that the window names. A record that has moved on joins
 * `folded` for the next round: a document never shows a version that its window does not name.
 */
export async function readEntries(
  services: Services,
  feed: Feed,
  entries: Entry[],
  articles: Map<string, Published>,
  folded: Set<string>,
  records: Records,
): Promise<typeof CONFLICT | undefined> {
  let moved = false;
  const read = async ({ id, version }: Entry) => {
    const known = records.get(id);
    const record = known && !isWithoutBody(known) ? known : await findRecord(services, id);
    if (record?.article.status === "published" && versionOf(record.article) === version) {
      articles.set(id, record.article);
      return;
    }
    // The fold had this very record: another round would come to the same.
    if (folded.has(id) && known?.etag === record?.etag) throw neverGiven(feed, id, version);
    folded.add(id);
    moved = true;
  };
  await pMap(entries, read, { concurrency: CONCURRENCY });
  return moved ? CONFLICT : undefined;
}

function neverGiven(feed: Feed, id: string, version: string): FlashwireError {
  const message = `${windowKey(feed.name)} names version ${version}, which ${articleKey(id)} does not give.`;
  return new FlashwireError("unreadable", message);
}
