import pMap from "p-map";
import * as v from "valibot";
import { FlashwireError } from "../core/errors.ts";
import type { Feed } from "../core/feed.ts";
import { BREAKING_LEVELS } from "../core/levels.ts";
import { emptyWindow, type Window } from "../core/window.ts";
import { referencesIn } from "../core/window-items.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT, type Expected, type ObjectHead, type StoredObject, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import type { SeenDocument } from "./documents.ts";
import { MAX_SEARCHED_WINDOWS } from "./limits.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

type Deps = { stores: Stores };

const level = v.picklist(BREAKING_LEVELS);
const placed = { label: v.optional(v.string()), level: v.optional(level) };

/** Newest first, each id once: of an id that stands twice, one would never be brought up to date. */
const shelf = <T extends v.ObjectEntries>(fields: T) =>
  v.object({
    items: v.pipe(
      v.array(v.object({ id: v.string(), version: v.string(), updated: v.string(), ...fields })),
      v.check((items) => new Set(items.map(({ id }) => id)).size === items.length),
    ),
    floor: v.optional(v.object({ level: v.optional(level), date: v.string(), id: v.string() })),
  });

/** The shape in which the wire writes windows. In a window of another shape nothing can be trusted, not even the feed that it names. */
const Shape = v.object({
  feed: v.string(),
  revision: v.pipe(v.number(), v.safeInteger()),
  order: v.picklist(["published", "updated", "breaking"]),
  entries: shelf({ published: v.string(), ...placed }),
  tombstones: shelf({
    guid: v.string(),
    accepted: v.string(),
    published: v.optional(v.string()),
    notice: v.optional(v.string()),
  }),
  changes: shelf({ accepted: v.string() }),
  late: v.optional(shelf({ published: v.string(), corrected: v.string(), ...placed })),
  rebuilding: v.optional(v.string()),
  respelled: v.optional(v.boolean()),
});

export const WINDOWS = "windows/";
export const windowKey = (feed: string) => `${WINDOWS}${feed}.json`;

/** The feed in a window key; undefined for any other key. */
export function feedOf(key: string): string | undefined {
  return key.startsWith(WINDOWS) && key.endsWith(".json") ? key.slice(WINDOWS.length, -5) : undefined;
}

/** The names of all feeds that have a window, behind this feed, in the order of their keys. */
export async function* listFeedNames({ stores }: Deps, after?: string): AsyncIterable<string> {
  const start = after === undefined ? undefined : windowKey(after);
  for await (const key of stores.newsroom.list(WINDOWS, start)) {
    const name = feedOf(key);
    if (name !== undefined) yield name;
  }
}

/**
 * The names of all feeds whose window names this article, and of those whose window cannot be read. It reads every window:
 * for an article whose record does not tell where it stands. Throws `unreadable` for more windows than `max`.
 */
export async function searchFeeds(
  { stores }: Deps,
  id: string,
  max = MAX_SEARCHED_WINDOWS,
): Promise<string[]> {
  const names: string[] = [];
  for await (const name of listFeedNames({ stores })) {
    names.push(name);
    if (names.length <= max) continue;
    const detail = `More than ${max} feeds may show article ${id}, and its record does not say which.`;
    throw new FlashwireError("unreadable", detail);
  }
  const found = await pMap(names, async (name) => [name, await mayName({ stores }, name, id)] as const, {
    concurrency: CONCURRENCY,
  });
  return found.flatMap(([name, isFound]) => (isFound ? [name] : []));
}

async function mayName({ stores }: Deps, name: string, id: string): Promise<boolean> {
  const key = windowKey(name);
  const read = async () => {
    const stored = await getStored(stores.newsroom, key);
    return stored && withLate(parseStored<Earlier>(key, stored, (window) => v.is(Shape, window)));
  };
  const window = await orUnreadable(read());
  if (window === undefined) return false;
  if (window instanceof UnreadableError) return true;
  return referencesIn(window).some((item) => item.id === id);
}

/** When the window was written, and its ETag, without reading it. */
export function headWindow({ stores }: Deps, name: string): Promise<ObjectHead | undefined> {
  return stores.newsroom.head(windowKey(name));
}

/** A window, and the ETag that its next write needs; undefined where there is none yet. */
export type TaggedWindow = { window: Window; tag: { etag: string } | undefined };

/** One feed as a process last saw it: its documents by key, which were read before the window was, and the window. */
export type FeedState = TaggedWindow & { documents: Map<string, SeenDocument> };

/**
 * Reads the heads of the documents under these keys, then the window. Throws an UnreadableError where the window cannot
 * be read, or is gone while documents are there: a lost window must not be taken for an empty one. A caller that brings
 * all that belongs into the window says with `replaces` which damaged window counts as empty.
 */
export async function readState(
  { stores }: Deps,
  feed: Feed,
  keys: string[],
  replaces?: Expected,
): Promise<FeedState> {
  const heads = await Promise.all(keys.map((key) => stores.published.head(key)));
  const documents = new Map(keys.flatMap((key, i) => (heads[i] ? [[key, heads[i]]] : [])));
  const stored = await orUnreadable(getStored(stores.newsroom, windowKey(feed.name)));
  // A window is written before its documents, and is removed after them.
  if (stored === undefined && documents.size > 0 && replaces !== "missing")
    throw new UnreadableError(windowKey(feed.name), "missing");
  return { documents, ...taggedOf(feed, stored, replaces) };
}

/** Reads the window alone; where there is none, its documents tell whether it is lost, as in `readState`. */
export async function readWindow(
  deps: Deps,
  feed: Feed,
  keys: string[],
  replaces?: Expected,
): Promise<TaggedWindow> {
  const stored = await orUnreadable(getStored(deps.stores.newsroom, windowKey(feed.name)));
  return stored === undefined ? readState(deps, feed, keys, replaces) : taggedOf(feed, stored, replaces);
}

type Earlier = Omit<Window, "late"> & Partial<Window>;

/** Windows of earlier versions have no late entries: those are looked for when a new version is rolled out. */
function withLate(window: Earlier): Window {
  return { late: { items: [] }, ...window };
}

function taggedOf(
  feed: Feed,
  stored: StoredObject | UnreadableError | undefined,
  replaces?: Expected,
): TaggedWindow {
  if (stored === undefined) return { window: emptyWindow(feed), tag: undefined };
  const found = stored instanceof UnreadableError ? stored.found : stored;
  // The same ETag means the same bytes, and the caller has found that these cannot be read.
  if (found !== "missing" && typeof replaces === "object" && found.etag === replaces.etag)
    return { window: emptyWindow(feed), tag: { etag: found.etag } };
  if (stored instanceof UnreadableError) throw stored;
  const isRight = (window: Partial<Window>) => v.is(Shape, window) && window.feed === feed.name;
  const window = withLate(parseStored<Earlier>(windowKey(feed.name), stored, isRight));
  return { window, tag: { etag: stored.etag } };
}

/** Whether the window of this feed still has this ETag. */
export async function isWindowStill({ stores }: Deps, { window, tag }: TaggedWindow): Promise<boolean> {
  const head = await stores.newsroom.head(windowKey(window.feed));
  return head?.etag === tag?.etag;
}

/** Writes the window as the next revision of the one that was read. */
export async function putWindow(
  { stores }: Deps,
  next: Window,
  read: TaggedWindow,
): Promise<TaggedWindow | typeof CONFLICT> {
  const window = { ...next, revision: read.window.revision + 1 };
  const etag = await stores.newsroom.put(windowKey(window.feed), Buffer.from(JSON.stringify(window)), {
    condition: unchanged(read.tag),
    contentType: "application/json",
  });
  return etag === CONFLICT ? CONFLICT : { window, tag: { etag } };
}
