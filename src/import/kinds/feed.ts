import { FlashwireError } from "../../core/errors.ts";
import { askForPage, fetchFeed, pollFeed } from "../feed/poll.ts";
import { readFeed } from "../feed/read-feed.ts";
import { itemOf } from "../feed/record.ts";
import { textOf } from "../feed/text-of.ts";
import type { Kind, Step } from "../kind.ts";
import { MAX_FEED_BYTES, MAX_PAGES } from "../limits.ts";

/** Where relative addresses of a file lead that says nothing of itself; the door leaves out what leads nowhere. */
const NOWHERE = "about:blank";

/** RSS, RDF, Atom and JSON Feed. Pages and archives (RFC 5005) are followed to their end. */
export const feed: Kind = {
  async *readAll(source, outside, from) {
    const seen = new Set<string>();
    for (let address: string | undefined = from ?? source.url; address !== undefined; ) {
      if (seen.has(address) || seen.size === MAX_PAGES) return;
      seen.add(address);
      const page = await fetchFeed(source, outside, address);
      if (page === undefined) return;
      const { entries, channel, older } = page;
      for (const entry of entries) yield { item: itemOf(entry, channel, source) };
      if (older !== undefined) yield { mark: older };
      address = older;
    }
  },

  async *readFile(open, settings): AsyncIterable<Step> {
    const { entries, channel } = readFeed(textOf(await whole(open())), NOWHERE);
    yield { total: entries.length };
    for (const entry of entries) yield { item: itemOf(entry, channel, settings) };
  },

  async newest(source, outside, count) {
    const page = await fetchFeed(source, outside, source.url);
    const { entries = [], channel = { authors: [] } } = page ?? {};
    return entries.slice(0, count).map((entry) => itemOf(entry, channel, source));
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
