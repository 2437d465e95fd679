import { placements, resolveFeed } from "../../src/core/feed.ts";
import { documentKey } from "../../src/core/keys.ts";
import { DAY_MS, LATE_DAYS } from "../../src/core/limits.ts";
import { type StoredRecord, shownUpdated } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { ARTICLES } from "../../src/repository/records.ts";
import type { Store } from "../../src/store/port.ts";
import { DOCUMENT_FILES } from "../support/documents.ts";

type Item = { id: string; date_modified: string; _flashwire?: { withdrawn?: boolean } };
type Document = { items: Item[]; _flashwire: { deleted?: { id: string }[] } };

/**
 * Invariant 9 at rest: every kill of the period is in each feed that ever had the story, every correction in each feed that
 * has it, however small the windows are. Throws at the first that is not. Answers how many there were.
 */
export async function checkTold(
  site: Site,
  newsroom: Store,
  published: Store,
): Promise<{ corrections: number; stubs: number }> {
  const told = { corrections: 0, stubs: 0 };
  for await (const key of newsroom.list(ARTICLES)) {
    const record = await read<StoredRecord>(newsroom, key);
    if (record === undefined) continue;
    const { id, guid } = record.article;
    for (const feed of feedsToTell(site, record)) {
      if (resolveFeed(site, feed) === undefined) continue;
      const document = await read<Document>(published, documentKey(feed, DOCUMENT_FILES.json));
      const item = document?.items.find((other) => other.id === guid);
      const newest = Math.max(
        ...(document?.items ?? []).map(({ date_modified }) => Date.parse(date_modified)),
      );
      if (record.article.status === "withdrawn") {
        if (!isSince(newest, record.accepted, site.withdrawals.days)) continue;
        const isNamed = document?._flashwire.deleted?.some((deleted) => deleted.id === guid);
        if (!item?._flashwire?.withdrawn || !isNamed)
          throw new Error(`${feed} does not tell of the kill of ${id}`);
        told.stubs++;
      } else {
        if (!isSince(newest, shownUpdated(record), LATE_DAYS)) continue;
        if (item === undefined || Date.parse(item.date_modified) < Date.parse(shownUpdated(record)))
          throw new Error(`${feed} does not tell of the correction of ${id}`);
        told.corrections++;
      }
    }
  }
  return told;
}

function feedsToTell(site: Site, record: StoredRecord): Iterable<string> {
  if (record.article.status === "withdrawn") return record.feeds;
  const { kind = "update" } = record.article.change ?? {};
  return kind === "update" ? [] : placements(site, record).keys();
}

const isSince = (newest: number, date: string | undefined, days: number) =>
  !(Date.parse(date ?? "") < newest - days * DAY_MS);

async function read<T>(store: Store, key: string): Promise<T | undefined> {
  const stored = await store.get(key);
  return stored && JSON.parse(Buffer.from(stored.body).toString());
}
