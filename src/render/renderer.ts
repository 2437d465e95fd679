import { LRUCache } from "lru-cache";
import type { Published } from "../core/article.ts";
import type { Feed } from "../core/feed.ts";
import { FORMAT_NAMES, type FormatName } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import { type Entry, shown, type Window } from "../core/window.ts";
import { atom } from "./atom.ts";
import { type SpareMemory, spareMemory } from "./buffer-pool.ts";
import { type Channel, channelOf, deletionOf, unseenIn, versionKey } from "./channel.ts";
import { clean } from "./clean-record.ts";
import type { Format } from "./format.ts";
import { json } from "./json-feed.ts";
import { MEMO_BYTES, SPARE_BYTES } from "./limits.ts";
import { newsElements } from "./news.ts";
import { rss } from "./rss.ts";
import { syndicatedBody } from "./withhold-media.ts";

/** Renders the documents of feeds, remembering each entry that it rendered. */
export type Renderer = {
  /** The entries whose rendered form is not in memory: `render` needs their articles. */
  missing(entries: Entry[]): Entry[];

  /**
   * The three documents of a feed as UTF-8 bytes. `articles` holds the version that the window names of each entry
   * which `missing` named; an entry that cannot be rendered is left out, so that it does not take the feed down.
   * Throws when it neither remembers an entry nor is given its article: the document would show less than its window.
   */
  render(feed: Feed, window: Window, articles: Map<string, Published>): Documents;

  /** Lets later documents take the memory of these. Nobody may look at them any more. */
  reuse(documents: Documents): void;
};

export type Documents = Record<FormatName, Uint8Array>;

export type RendererOptions = {
  /** Bytes of rendered entries to remember. */
  memoBytes?: number;
  /** Told of each article that had to be left out, with its id. */
  onError?: (id: string, error: unknown) => void;
};

const FORMATS: Record<FormatName, Format> = { rss, atom, json };

/** One article in all formats. Bytes, because encoding is what costs. */
type Rendered = {
  /** RFC 3339, UTC. */
  updated: string;
  entries: Record<FormatName, Piece>;
};

/** The bytes begin with the separator of the format; the prefixes are one text, because most entries use the same. */
type Piece = { bytes: Buffer; prefixes: string };

export function createRenderer(site: Site, options: RendererOptions = {}): Renderer {
  const cleanSite = clean(site);
  const memo = new LRUCache<string, Rendered>({
    maxSize: options.memoBytes ?? MEMO_BYTES,
    sizeCalculation: ({ entries }) => sum(FORMAT_NAMES.map((format) => entries[format].bytes.byteLength)),
  });
  const spare = spareMemory(SPARE_BYTES);

  /** Undefined, and told, when it throws. */
  function attempt<T>(id: string, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      options.onError?.(id, error);
      return undefined;
    }
  }

  function renderNew(entry: Entry, articles: Map<string, Published>): Rendered | undefined {
    const article = articles.get(entry.id);
    if (article === undefined) throw new Error(`neither remembered nor given: ${versionKey(entry)}`);
    const rendered = attempt(entry.id, () => renderArticle(cleanSite, clean(article)));
    if (rendered !== undefined) memo.set(versionKey(entry), rendered);
    return rendered;
  }

  return {
    missing: (entries) => entries.filter((entry) => !memo.has(versionKey(entry))),

    render(feed, window, articles) {
      const { entries, tombstones, changes } = shown(feed, window);
      // All that is remembered, before what is new can push any of it out.
      const remembered = entries.map((entry) => memo.get(versionKey(entry)));
      const rendered = entries.map((entry, i) => remembered[i] ?? renderNew(entry, articles));
      const items = rendered.filter((item) => item !== undefined);
      const channel = channelOf(cleanSite, feed, {
        label: entries[rendered.findIndex((item) => item !== undefined)]?.label,
        dates: items.map(({ updated }) => updated),
        deleted: tombstones.flatMap((item) => attempt(item.id, () => deletionOf(item)) ?? []),
        changes,
        unseen: unseenIn(entries, changes),
      });
      return byFormat((name) =>
        joined(
          spare,
          piecesOf(
            FORMATS[name],
            channel,
            items.map(({ entries }) => entries[name]),
          ),
        ),
      );
    },

    reuse(documents) {
      for (const format of FORMAT_NAMES) spare.give(documents[format]);
    },
  };
}

function renderArticle(site: Site, record: Published): Rendered {
  const { body: _, ...rest } = record;
  const body = syndicatedBody(record);
  const article = body ? { ...rest, body } : rest;
  const news = newsElements(article);
  const entries = byFormat((name) => {
    const { separator, entry } = FORMATS[name];
    const { text, prefixes } = entry(article, site, news);
    return { bytes: encoded([separator, ...text]), prefixes: prefixes.join(" ") };
  });
  return { updated: new Date(article.updated).toISOString(), entries };
}

function encoded(parts: string[]): Buffer {
  const bytes = Buffer.allocUnsafe(sum(parts.map((part) => Buffer.byteLength(part))));
  let end = 0;
  for (const part of parts) end += bytes.write(part, end);
  return bytes;
}

/** What a document consists of, in its order. */
function piecesOf(format: Format, channel: Omit<Channel, "prefixes">, entries: Piece[]): Buffer[] {
  const prefixes = [...new Set(entries.map((entry) => entry.prefixes))].flatMap((used) => used.split(" "));
  const [first, ...others] = entries.map((entry) => entry.bytes);
  return [
    Buffer.from(format.head({ ...channel, prefixes })),
    ...(first === undefined ? [] : [first.subarray(format.separator.length)]),
    ...others,
    Buffer.from(format.tail),
  ];
}

function joined(spare: SpareMemory, pieces: Buffer[]): Buffer {
  const whole = spare.take(sum(pieces.map((piece) => piece.byteLength)));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.byteLength;
  }
  return whole;
}

function byFormat<T>(make: (format: FormatName) => T): Record<FormatName, T> {
  return { rss: make("rss"), atom: make("atom"), json: make("json") };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
