import type { Published } from "../core/article.ts";
import type { Feed } from "../core/feeds.ts";
import type { FormatName } from "../core/keys.ts";
import type { Entry, Window } from "../core/window.ts";

/** Renders the documents of feeds, remembering each entry that it rendered. */
export type Renderer = {
  /** The entries whose rendered form is not in memory: `render` needs their articles. */
  missing(entries: Entry[]): Entry[];

  /**
   * The three documents of a feed as UTF-8 bytes. `articles` holds the version that the window names of each entry
   * which `missing` named; an entry that cannot be rendered is left out, so that it does not take the feed down.
   */
  render(feed: Feed, window: Window, articles: Map<string, Published>): Record<FormatName, Uint8Array>;
};
