import { LRUCache } from "lru-cache";
import type { Listing } from "../core/directory.ts";
import type { Feed } from "../core/feed.ts";
import type { Shown } from "../core/record.ts";
import type { Site } from "../core/site.ts";
import { type Entry, shown, type Window } from "../core/window.ts";
import { joined, spareMemory } from "./buffer-pool.ts";
import {
  channelOf,
  deletionOf,
  type FeedChannel,
  unseenIn,
  type VersionName,
  versionKey,
} from "./channel.ts";
import { clean } from "./clean-record.ts";
import { json } from "./json-feed.ts";
import { inOrder, type Placed, piecesOf } from "./laid-out.ts";
import { MEMO_BYTES, SPARE_BYTES } from "./limits.ts";
import { documentLinks, homeOutput, type Output, outputsOf } from "./outputs.ts";
import { type Asset, assetsOf } from "./page/assets.ts";
import { homePage } from "./page/home.ts";
import { page } from "./page/page.ts";
import { bytesOf, type Piece, type RenderedArticle } from "./piece.ts";
import { renderArticle, renderIn } from "./rendered-article.ts";
import { itemOf } from "./story.ts";
import { type RenderOne, renderStub, stubsThatFit } from "./stubs.ts";

/** Raised with every change to what documents look like, so that every wire renders its documents again. */
export const RENDERER_VERSION = 7;

/** Renders the documents of feeds, and remembers each rendered entry. */
export type Renderer = {
  /** The entries whose rendered form is not in memory: `render` needs their articles. */
  missing(entries: Entry[]): Entry[];

  /**
   * Every document of a feed as UTF-8 bytes. `articles` holds the version that the window names of each entry
   * which `missing` named; an entry that cannot be rendered is left out, so that it does not take the feed down.
   * Throws when it neither remembers an entry nor is given its article: the document would show less than its window.
   */
  render(feed: Feed, window: Window, articles: Map<string, Shown>): Rendered[];

  /** The page at the root of the wire. `articles` as for `render`, of the entries of both windows. */
  home(front: Front, articles: Map<string, Shown>): { output: Omit<Output, "from">; body: Uint8Array };

  /**
   * The JSON Feed item of an article as it stands in every feed that shows this version, as JSON; undefined where it cannot be
   * rendered.
   */
  item(reference: VersionName, article: Shown): string | undefined;

  /** The files that the documents load from the wire: they must be stored before any document is. */
  assets: Asset[];

  /** Gives the memory of these documents to later documents. The caller must not use the documents any more. */
  reuse(documents: Rendered[]): void;
};

export type FeedWindow = { feed: Feed; window: Window };

/** What the page at the root shows: the latest stories, what is breaking now where a feed tells, and feeds in their order. */
export type Front = { latest: FeedWindow; breaking?: FeedWindow; listings: Listing[] };

/** One document with its bytes. */
export type Rendered = { output: Output; body: Uint8Array };

export type RendererOptions = {
  /** Bytes of rendered entries to remember. */
  memoBytes?: number;
  /** Bytes of written documents whose memory waits for the next ones. */
  spareBytes?: number;
  /** Called for each article that has to be left out, with its id. */
  onError?: (id: string, error: unknown) => void;
};

export function createRenderer(site: Site, options: RendererOptions = {}): Renderer {
  const cleanSite = clean(site);
  const memo = new LRUCache<string, RenderedArticle>({
    maxSize: options.memoBytes ?? MEMO_BYTES,
    sizeCalculation: bytesOf,
  });
  const spare = spareMemory(options.spareBytes ?? SPARE_BYTES);

  /** What `make` answers. When `make` throws, `onError` is called and the answer is undefined. */
  function attempt<T>(id: string, make: () => T): T | undefined {
    try {
      return make();
    } catch (error) {
      options.onError?.(id, error);
      return undefined;
    }
  }

  function renderNew(entry: VersionName, articles: Map<string, Shown>): RenderedArticle | undefined {
    const article = articles.get(entry.id);
    if (article === undefined) throw new Error(`neither remembered nor given: ${versionKey(entry)}`);
    const rendered = attempt(entry.id, () => renderArticle(cleanSite, clean(article)));
    if (rendered !== undefined) memo.set(versionKey(entry), rendered);
    return rendered;
  }

  /** Each stub is made once for all feeds in its language. */
  const renderOne: RenderOne = (words, reference) => {
    const key = `${words.title} ${words.text} ${versionKey(reference)}`;
    const stub = memo.get(key) ?? attempt(reference.id, () => renderStub(cleanSite, words, reference));
    if (stub !== undefined) memo.set(key, stub);
    return stub;
  };

  /** What the documents of a feed show, in its order. */
  function layOut(
    feed: Feed,
    window: Window,
    articles: Map<string, Shown>,
  ): { channel: FeedChannel; items: RenderedArticle[] } {
    const { entries, tombstones, stubs, changes } = shown(feed, window);
    // First everything that the memory holds, because a new entry may push an older entry out.
    const remembered = entries.map((entry) => memo.get(versionKey(entry)));
    const rendered = entries.map((entry, i) => remembered[i] ?? renderNew(entry, articles));
    const placed = entries.flatMap((at, i): Placed[] => (rendered[i] ? [{ at, item: rendered[i] }] : []));
    const label = placed[0]?.at.label;
    const items = inOrder(feed, placed, stubsThatFit(cleanSite, { feed, label }, stubs, renderOne));
    const channel = channelOf(cleanSite, feed, {
      label,
      dates: items.map(({ updated }) => updated),
      deleted: tombstones.flatMap((item) => attempt(item.id, () => deletionOf(item)) ?? []),
      changes,
      documents: documentLinks(cleanSite.origin, feed),
      unseen: unseenIn(entries, changes),
    });
    return { channel, items };
  }

  return {
    missing: (entries) => entries.filter((entry) => !memo.has(versionKey(entry))),

    render(feed, window, articles) {
      const { channel, items } = layOut(feed, window, articles);
      return outputsOf(feed).map((output) => {
        const { format } = output.from;
        const pieces = items.map((item) => item.pieces.get(format) as Piece);
        return { output, body: joined(spare, piecesOf(format, channel, pieces)) };
      });
    },

    home({ latest, breaking, listings }, articles) {
      const pagesOf = ({ feed, window }: FeedWindow) => {
        const { channel, items } = layOut(feed, window, articles);
        return { channel, pieces: items.map(({ pieces }) => pieces.get(page) as Piece) };
      };
      const urgent = breaking && pagesOf(breaking);
      const text = homePage({ ...pagesOf(latest), ...(urgent && { urgent }), listings });
      return { output: homeOutput(), body: Buffer.from(text) };
    },

    assets: Object.values(assetsOf(cleanSite)),

    item(reference, article) {
      const known = memo.get(versionKey(reference));
      if (known !== undefined) return itemOf(known);
      // Of a load of thousands the documents show a few: whose entry is shown is rendered for them.
      return attempt(reference.id, () => renderIn(json, cleanSite, clean(article)));
    },

    reuse(documents) {
      for (const { body } of documents) spare.give(body);
    },
  };
}
