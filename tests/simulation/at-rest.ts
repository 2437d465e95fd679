import { resolveFeed } from "../../src/core/feed.ts";
import { directoryPageOf, documentKey, FEEDS } from "../../src/core/keys.ts";
import { isOut, type StoredRecord, shownBreaking } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { compareVersions, versionOf } from "../../src/core/version.ts";
import type { Outcome } from "../../src/ingest/ingest.ts";
import { ARTICLES, articleKey } from "../../src/repository/records.ts";
import { createServices } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import type { Store } from "../../src/store/port.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { DOCUMENT_FILES } from "../support/documents.ts";
import { SIMULATED } from "./site.ts";

/** What holds when nobody is at work any more. Each function throws at what must not be. */

/**
 * Each version that was accepted was written, and none was written over a newer one. `written`: by id, the records in the
 * order of their writes. Whatever time brings between two answers, the newsroom knows a version by one ETag.
 */
export function checkAccepted(written: ReadonlyMap<string, StoredRecord[]>, accepted: Outcome[]): void {
  const etags = new Map<string, string>();
  for (const { id, version, etag, record } of accepted) {
    if (!written.get(id)?.some((other) => other.accepted === record.accepted))
      throw new Error(`version ${version} of article ${id} was acknowledged and is lost`);
    const known = etags.get(`${id} ${version}`) ?? etag;
    if (known !== etag) throw new Error(`version ${version} of ${id} has two ETags: ${known} and ${etag}`);
    etags.set(`${id} ${version}`, etag);
  }
  for (const [id, records] of written) {
    for (const [i, record] of records.entries()) {
      const before = records[i - 1];
      if (before !== undefined && !isForward(before, record))
        throw new Error(`article ${id} went back from ${versionOf(before)} to ${versionOf(record)}`);
    }
  }
}

function isForward(before: StoredRecord, after: StoredRecord): boolean {
  const [edition, next] = [before.edition ?? 1, after.edition ?? 1];
  if (before.accepted === after.accepted)
    return edition === next && (after.phase ?? 0) >= (before.phase ?? 0);
  const order = compareVersions(after, before);
  return (order > 0 || (order === 0 && next > edition)) && isEarlier(before, after);
}

const isEarlier = (a: StoredRecord, b: StoredRecord) => String(a.accepted) < String(b.accepted);

/** Each story in `breaking` is breaking news by its record, and has not ended at `now` (milliseconds since 1970). */
export async function checkBreaking(stores: { newsroom: Store; site: Store }, now: number): Promise<void> {
  const key = documentKey("breaking", DOCUMENT_FILES.json);
  const { items } = (await read<{ items: { url?: string }[] }>(stores.site, key)) ?? { items: [] };
  // A stub has no address.
  for (const url of items.flatMap(({ url }) => url ?? [])) {
    const id = url.slice(url.lastIndexOf("/") + 1);
    const record = await read<StoredRecord>(stores.newsroom, articleKey(id));
    const breaking = record && !isOut(record) ? shownBreaking(record) : undefined;
    if (record === undefined || breaking === undefined) throw new Error(`${id} is in breaking, and is not`);
    const since = Date.parse(record.breakingSince ?? "");
    const minutes = SIMULATED.breakingMinutes[breaking.level];
    const end = breaking.until === undefined ? since + minutes * 60_000 : Date.parse(breaking.until);
    if (!(end >= now)) throw new Error(`${id} is breaking news after ${new Date(end).toISOString()}`);
  }
}

/** Invariant 1: the documents are those that the records alone give, on stores that never saw anything else. `sites`: the one that is deployed is the last. */
export async function checkDocuments(sites: Site[], newsroom: Store, site: Store): Promise<void> {
  const siteFile = sites.at(-1) as Site;
  const rebuilt = await rebuildElsewhere(siteFile, newsroom);
  const keys = new Set<string>();
  for (const store of [site, rebuilt]) for await (const key of store.list(FEEDS)) keys.add(key);
  for (const key of keys) {
    const [a, b] = [await site.get(key), await rebuilt.get(key)].map(
      (o) => o && Buffer.from(o.body).toString(),
    );
    // A feed that only the site file before selected stories for stays, empty, and in the directory.
    if (sites.length > 1 && (b === undefined || directoryPageOf(key) !== undefined)) continue;
    if (a !== b) throw new Error(`${key} is not what a rebuild renders:\n${a}\n--- rebuilt:\n${b}`);
  }
  if (!resolveFeed(siteFile, "all") || keys.size === 0) throw new Error("no documents at all");
}

async function rebuildElsewhere(site: Site, newsroom: Store): Promise<Store> {
  const stores = { newsroom: new MemoryStore(), published: new MemoryStore() };
  for await (const key of newsroom.list(ARTICLES)) {
    const stored = await newsroom.get(key);
    if (stored) await stores.newsroom.put(key, stored.body);
  }
  const pacing = { now: () => 0, random: () => 0, sleep: async () => {}, log: () => {} };
  await rebuild(createServices({ site, stores, ...pacing }));
  return stores.published;
}

async function read<T>(store: Store, key: string): Promise<T | undefined> {
  const stored = await store.get(key);
  return stored && JSON.parse(Buffer.from(stored.body).toString());
}
