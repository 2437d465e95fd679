import * as v from "valibot";
import type { Feed } from "../core/feed.ts";
import { documentKey, FORMAT_NAMES, type FormatName, removedKey, windowKey } from "../core/keys.ts";
import { emptyWindow, type Window } from "../core/window.ts";
import { DOCUMENT_HEADERS } from "../render/http-headers.ts";
import type { Services } from "../services.ts";
import { CONFLICT, type StoredObject, unchanged } from "../store/port.ts";
import { MISSING, parseStored, UnreadableError } from "./stored-json.ts";

/** Newest first, each id once: of an id that stands twice, one would never be brought up to date. */
const shelf = <T extends v.ObjectEntries>(fields: T) =>
  v.object({
    items: v.pipe(
      v.array(v.object({ id: v.string(), version: v.string(), updated: v.string(), ...fields })),
      v.check((items) => new Set(items.map(({ id }) => id)).size === items.length),
    ),
    floor: v.optional(v.object({ date: v.string(), id: v.string() })),
  });

/** As what the wire writes: of a window of any other shape not even the key that it is written to is known. */
const Shape = v.object({
  feed: v.string(),
  revision: v.pipe(v.number(), v.safeInteger()),
  order: v.picklist(["published", "updated"]),
  entries: shelf({ published: v.string(), label: v.optional(v.string()) }),
  tombstones: shelf({ guid: v.string(), accepted: v.string() }),
  changes: shelf({ accepted: v.string() }),
  rebuilding: v.optional(v.string()),
});

/** A window, and the ETag that its next write needs; undefined where there is none yet. */
export type TaggedWindow = { window: Window; tag: { etag: string } | undefined };

/** One feed as a process last saw it: the documents' ETags, which were read before the window was, and the window. */
export type FeedState = TaggedWindow & { documents: Record<FormatName, { etag: string } | undefined> };

/** `anew` as for `readWindow`. */
export async function readState(services: Services, feed: Feed, anew?: string): Promise<FeedState> {
  const [rss, atom, json] = await Promise.all(
    (["rss", "atom", "json"] as const).map((format) =>
      services.stores.published.head(documentKey(feed.name, format)),
    ),
  );
  const stored = await services.stores.newsroom.get(windowKey(feed.name));
  const isNew = [rss, atom, json].every((document) => document === undefined);
  // A window is written before its documents, and goes after them.
  if (stored === undefined && !isNew && anew !== MISSING)
    throw new UnreadableError(windowKey(feed.name), MISSING);
  return { documents: { rss, atom, json }, ...taggedOf(feed, stored, anew) };
}

/**
 * Throws an UnreadableError, also for a window that is gone while documents are there: nothing may be rendered from an
 * empty window in the place of one that is lost. Only with its ETag or MISSING as `anew` it counts as empty, for who
 * brings all that belongs into it.
 */
export async function readWindow(services: Services, feed: Feed, anew?: string): Promise<TaggedWindow> {
  const stored = await services.stores.newsroom.get(windowKey(feed.name));
  // The documents, to be looked at first, tell whether there should be one.
  return stored === undefined ? readState(services, feed, anew) : taggedOf(feed, stored, anew);
}

function taggedOf(feed: Feed, stored: StoredObject | undefined, anew?: string): TaggedWindow {
  if (stored === undefined) return { window: emptyWindow(feed), tag: undefined };
  const key = windowKey(feed.name);
  const isRight = (window: Partial<Window>) => v.is(Shape, window) && window.feed === feed.name;
  // The same ETag, the same bytes: whoever names it has tried to read them.
  const window = stored.etag === anew ? emptyWindow(feed) : parseStored<Window>(key, stored, isRight);
  return { window, tag: { etag: stored.etag } };
}

/** Writes the window as the next revision of the one that was read. */
export async function putWindow(
  services: Services,
  next: Window,
  read: TaggedWindow,
): Promise<TaggedWindow | typeof CONFLICT> {
  const window = { ...next, revision: read.window.revision + 1 };
  const etag = await services.stores.newsroom.put(
    windowKey(window.feed),
    Buffer.from(JSON.stringify(window)),
    { condition: unchanged(read.tag), contentType: "application/json" },
  );
  return etag === CONFLICT ? CONFLICT : { window, tag: { etag } };
}

/** Whether these are the bytes that were seen: writing them would change nothing that anybody could see. */
export function isStored(services: Services, body: Uint8Array, seen: { etag: string } | undefined): boolean {
  return seen !== undefined && seen.etag === services.stores.published.etagOf(body);
}

export async function putDocument(
  services: Services,
  feed: string,
  format: FormatName,
  body: Uint8Array,
  seen: { etag: string } | undefined,
): Promise<string | typeof CONFLICT> {
  return services.stores.published.put(documentKey(feed, format), body, {
    condition: unchanged(seen),
    ...DOCUMENT_HEADERS[format],
  });
}

/** A feed that the site file no longer defines: its documents go, a marker stays so that readers get a 410. */
export async function retire(services: Services, name: string): Promise<void> {
  services.states.delete(name);
  await services.stores.published.put(removedKey(name), Buffer.from("{}\n"), {
    contentType: "application/json",
  });
  for (const format of FORMAT_NAMES) await services.stores.published.delete(documentKey(name, format));
  await services.stores.newsroom.delete(windowKey(name));
}
