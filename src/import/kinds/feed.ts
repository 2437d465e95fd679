import { FlashwireError } from "../../core/errors.ts";
import { itemsOf } from "../feed/items.ts";
import { askForPage, fetchFeed, pollFeed } from "../feed/poll.ts";
import { readFeed } from "../feed/read-feed.ts";
import { textOf } from "../feed/text-of.ts";
import type { Kind, Step } from "../kind.ts";
import { MAX_FEED_BYTES, MAX_PAGES } from "../limits.ts";

/** Where relative addresses of a file lead that says nothing of itself; the door leaves out what leads nowhere. */
const NOWHERE = "about:blank";

/** RSS, RDF, Atom and JSON Feed. Pages and archives (RFC 5005) are followed to their end. */
export const feed: Kind = {
  async *readAll(source, outside, from) {
    const read = new Set<string>();
    const seen = new Set<string>();
    for (let address: string | undefined = source.url; address !== undefined; ) {
      if (read.has(address) || read.size === MAX_PAGES) return;
      read.add(address);
      const page = await fetchFeed(source, outside, address);
      if (page === undefined) return;
      const { items, repeated } = itemsOf(page, source);
      // Entries move to the next page while a feed is read.
      for (const item of items) if (!seen.has(item.key)) yield { item };
      for (const item of repeated) yield { item };
      for (const { key } of items) seen.add(key);
      // New entries stand on the first page, also for a run that goes on.
      const older: string | undefined = read.size === 1 && from !== undefined ? from : page.older;
      if (older !== undefined) yield { mark: older };
      address = older;
    }
  },

  async *readFile(open, settings): AsyncIterable<Step> {
    const { items, repeated } = itemsOf(readFeed(textOf(await whole(open())), NOWHERE), settings);
    yield { total: items.length + repeated.length };
    for (const item of [...items, ...repeated]) yield { item };
  },

  async newest(source, outside, count) {
    const page = await fetchFeed(source, outside, source.url);
    return page === undefined ? [] : itemsOf(page, source).items.slice(0, count);
  },

  poll: pollFeed,
  askFor: askForPage,
};

/** A feed is read at once: the library takes a text. */
async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > MAX_FEED_BYTES) {
      throw new FlashwireError("too-large", `A feed has at most ${MAX_FEED_BYTES} bytes; this one has more.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
