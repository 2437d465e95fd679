import type { Feed } from "../core/feed.ts";
import { rankBy, sortItems } from "../core/shelf.ts";
import type { Entry } from "../core/window.ts";
import type { FeedChannel } from "./channel.ts";
import type { Format } from "./format.ts";
import type { Piece, RenderedArticle } from "./piece.ts";
import type { stubsThatFit } from "./stubs.ts";

/** What stands in a document, and by which dates it has its place there. */
export type Placed = {
  at: Pick<Entry, "id" | "published" | "updated" | "label" | "level">;
  item: RenderedArticle;
};

/** A stub stands where its story would stand. It has no level of breaking news: in `breaking` it stands behind all that have. */
export function inOrder(
  feed: Feed,
  entries: Placed[],
  stubs: ReturnType<typeof stubsThatFit>,
): RenderedArticle[] {
  const rank = rankBy(feed.order);
  const placed = stubs.map(({ reference, stub }) => ({
    at: { ...reference, updated: stub.updated },
    item: stub,
  }));
  const all = placed.length === 0 ? entries : sortItems([...entries, ...placed], ({ at }) => rank(at));
  return all.map(({ item }) => item);
}

/** The parts of a document in their order. */
export function piecesOf(format: Format, feed: FeedChannel, entries: Piece[]): Buffer[] {
  const used = new Set<string>();
  const bar: string[] = [];
  for (const entry of entries) {
    used.add(entry.prefixes);
    if (entry.bar !== undefined) bar.push(entry.bar);
  }
  const channel = { ...feed, prefixes: [...used].flatMap((prefixes) => prefixes.split(" ")), bar };
  const [first, ...others] = entries.map((entry) => entry.bytes);
  return [
    Buffer.from(format.head(channel)),
    ...(first === undefined ? [] : [first.subarray(format.separator.length)]),
    ...others,
    Buffer.from(format.tail(channel)),
  ];
}
