import type { Published } from "../core/article.ts";
import type { Site } from "../core/site.ts";
import type { Channel } from "./channel.ts";
import type { Prefix } from "./xml.ts";

/** What every format file has. A document is its head, the entries with the separator between them, its tail. */
export type Format = {
  /** One live article. Depends on the site and the record alone: the same in every feed. */
  entry(article: Published, site: Site): EntryText;
  head(channel: Channel): string;
  /** ASCII. */
  separator: string;
  tail: string;
};

/** `prefixes`: of the namespaces that the text uses. */
export type EntryText = { text: string; prefixes: Prefix[] };
