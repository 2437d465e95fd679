import * as v from "valibot";
import type { Open, Page, Snapshot } from "../core/change-log.ts";
import { logPageKey, OPEN_KEY, snapshotKey } from "../core/keys.ts";
import { CONFLICT, type Expected, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import type { DocumentPlace } from "./documents.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";
import { STATE_FIELDS } from "./stories.ts";

type Deps = { stores: Pick<Stores, "published"> };

/** The open page with what a write over it has to expect; without `open` there is none that can be read. */
export type StoredOpen = { found: Expected; open?: Open };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const OpenShape = v.object({
  epoch: v.string(),
  first: v.pipe(count, v.minValue(1)),
  snapshot: v.nullable(v.object({ seq: count, pages: count })),
  changes: v.array(v.object({ seq: count, id: v.string(), order: v.string(), feeds: v.array(v.string()) })),
});

export async function readOpen({ stores }: Deps): Promise<StoredOpen> {
  const read = async (): Promise<StoredOpen> => {
    const stored = await getStored(stores.published, OPEN_KEY);
    if (stored === undefined) return { found: "missing" };
    const open = parseStored<Open>(OPEN_KEY, stored, (value) => v.is(OpenShape, value));
    return { found: { etag: stored.etag }, open };
  };
  const open = await orUnreadable(read());
  return open instanceof UnreadableError ? { found: open.found } : open;
}

/** Writes a page of the log where it is still as it was found. */
export function putLogPage(
  { stores }: Deps,
  { key, contentType, cacheControl }: DocumentPlace,
  page: object,
  found: Expected,
): Promise<string | typeof CONFLICT> {
  const condition = unchanged(found === "missing" ? undefined : found);
  const body = Buffer.from(`${JSON.stringify(page)}\n`);
  return stores.published.put(key, body, { condition, contentType, cacheControl });
}

/**
 * Writes a page that never changes, unless it is there: somebody else wrote it. CONFLICT: the store did not look whether it is
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html, 409), so nobody knows.
 */
export async function putClosedPage(
  deps: Deps,
  place: DocumentPlace,
  page: object,
): Promise<"written" | "there" | typeof CONFLICT> {
  if ((await putLogPage(deps, place, page, "missing")) !== CONFLICT) return "written";
  return (await deps.stores.published.head(place.key)) === undefined ? CONFLICT : "there";
}

const { snapshot: _, ...PAGE_FIELDS } = OpenShape.entries;
const PageShape = v.object(PAGE_FIELDS);

/** A closed page of this epoch, from 0; undefined where there is none that can be read. */
export async function readLogPage(
  { stores }: Deps,
  epoch: string,
  number: number,
): Promise<Page | undefined> {
  const key = logPageKey(epoch, number);
  const read = async () => {
    const stored = await getStored(stores.published, key);
    return stored && parseStored<Page>(key, stored, (value) => v.is(PageShape, value));
  };
  const page = await orUnreadable(read());
  return page instanceof UnreadableError ? undefined : page;
}

const SnapshotShape = v.object({
  epoch: v.string(),
  stories: v.array(v.object({ ...STATE_FIELDS, id: v.string(), guid: v.string(), digest: v.string() })),
});

/** A page of the snapshot of this epoch, from 0. Throws an UnreadableError for one that is not as the wire writes it. */
export async function readSnapshot(
  { stores }: Deps,
  epoch: string,
  number: number,
): Promise<Snapshot | undefined> {
  const key = snapshotKey(epoch, number);
  const stored = await getStored(stores.published, key);
  return stored && parseStored<Snapshot>(key, stored, (value) => v.is(SnapshotShape, value));
}
