import type { Published } from "../core/article.ts";
import type { Site } from "../core/site.ts";
import type { Channel } from "./channel.ts";
import type { Prefix } from "./xml.ts";

/** What every format file has. A document is its head, the entries with the separator between them, its tail. */
export type Format = {
  /**
   * One live article. Depends on the site and the record alone: the same in every feed. `news`: the elements that RSS
   * items and Atom entries carry in the same way.
   */
  entry(article: Published, site: Site, news: string): EntryText;
  head(channel: Channel): string;
  /** ASCII. */
  separator: string;
  tail: string;
};

/**
 * The text in parts: most are Latin, and joined with one that is not they take nearly twice as long to encode.
 * `prefixes`: of the namespaces that the text uses.
 */
export type EntryText = { text: string[]; prefixes: Prefix[] };
