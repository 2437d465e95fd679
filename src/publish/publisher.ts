import { LRUCache } from "lru-cache";
import { newsUntil } from "../core/news.ts";
import { sizeOf } from "../core/window-items.ts";
import { createRenderer, type RendererOptions } from "../render/renderer.ts";
import type { FeedState } from "../repository/windows.ts";
import type { Changed, FeedWork } from "./feed-work.ts";
import { writeHome } from "./home.ts";
import { MAX_CACHED_REFERENCES } from "./limits.ts";
import { writeNews } from "./news.ts";
import { noRush, noTelling, type Press, type PublisherMemory, type PublisherParts } from "./press.ts";
import { type OnShown, publish, startFeeds } from "./publish.ts";
import type { ArticlesReport, PublishReport } from "./report.ts";
import { bringStories } from "./tell.ts";
import { writeFeeds } from "./write-feeds.ts";

/** Writes windows and documents. One for each process, because it remembers what it wrote. */
export type Publisher = {
  /** Brings every feed that these articles touch up to date: see `publish`. */
  publish(ids: Iterable<string>, onShown?: OnShown): Promise<ArticlesReport>;
  /** Does the work on each of these feeds: see `writeFeeds`. */
  writeFeeds(work: ReadonlyMap<string, FeedWork>): Promise<PublishReport>;
  /** Brings the stories of these articles up to date, without the log. Answers those that failed, with what went wrong. */
  writeStories(ids: Iterable<string>): Promise<Map<string, unknown>>;
  /** As `writeStories`. Also writes a story that shows the version of its record, where this site file makes other bytes of it. */
  rewriteStories(ids: Iterable<string>): Promise<Map<string, unknown>>;
  /** Brings the sitemap for news and the page at the root up to date, by the change log: see `writeNews` and `writeHome`. */
  writeHome(): Promise<HomeReport>;
  /** Looks at these articles for the sitemap for news. Answers whether it has changed. */
  writeNews(ids: Iterable<string>): Promise<boolean>;
  /** Makes the feeds that the site file names, empty where they have no article yet. */
  startFeeds(): Promise<PublishReport>;
};

/** `until`: when time alone changes the documents, milliseconds since 1970. */
export type HomeReport = { changed: Changed[]; until: number };

/** A publisher on these parts. `memory` is shared by publishers that stand for one process in a test. */
export function createPublisher(
  parts: PublisherParts,
  memory: PublisherMemory = createMemory(parts),
): Publisher {
  const press: Press = { rush: noRush(), told: noTelling(), loads: {}, ...parts, ...memory };
  return {
    publish: (ids, onShown) => publish(press, ids, onShown),
    writeFeeds: (work) => writeFeeds(press, work),
    writeStories: (ids) => bringStories(press, new Set(ids)),
    rewriteStories: (ids) => bringStories(press, new Set(ids), { rewrites: true }),
    writeHome: () => writeFront(press),
    writeNews: async (ids) => (await writeNews(press, { ids, followsLog: false })).changed.length > 0,
    startFeeds: () => startFeeds(press),
  };
}

async function writeFront(press: Press): Promise<HomeReport> {
  const { news, changed, isPart } = await writeNews(press, { ids: [], followsLog: true });
  return {
    changed: [...changed, ...(await writeHome(press, { news }))],
    until: isPart ? press.now() : newsUntil(news),
  };
}

/** An empty memory. `sizes`: bytes that the renderer keeps, where they differ from those of a function. */
export function createMemory(
  { site, log }: Pick<PublisherParts, "site" | "log">,
  sizes: Pick<RendererOptions, "memoBytes" | "spareBytes"> = {},
): PublisherMemory {
  return {
    renderer: createRenderer(site, {
      ...sizes,
      onError: (id, error) => log("entry.left-out", { id, error: String(error) }),
    }),
    states: new LRUCache<string, FeedState>({
      maxSize: MAX_CACHED_REFERENCES,
      sizeCalculation: ({ window }) => 1 + sizeOf(window),
    }),
  };
}
