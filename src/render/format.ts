import type { Published } from "../core/article.ts";
import type { Site } from "../core/site.ts";
import type { Channel } from "./channel.ts";

/** What every format file has. A document is its head, the entries with the separator between them, its tail. */
export type Format = {
  /** One live article. Depends on the site and the record alone: the same text in every feed. */
  entry(article: Published, site: Site): string;
  head(channel: Channel): string;
  separator: string;
  tail: string;
};
