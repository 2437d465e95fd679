import type { Published } from "../core/article.ts";
import type { Site } from "../core/site.ts";
import type { Prefix } from "./xml.ts";

/** What every format file has. A document is its head, the entries with the separator between them, its tail. */
export type Format = {
  /** One live article. Depends on the site and the record alone: the same text in every feed. */
  entry(article: Published, site: Site): string;
  head(channel: Channel): string;
  separator: string;
  tail: string;
};

/** A feed as the head of a document needs it. All text in it is clean. */
export type Channel = {
  site: Site;
  /** The feed's name, such as `section/usa`. */
  name: string;
  title: string;
  description: string;
  /** RFC 3339, UTC: the newest date of what the document shows. */
  updated: string;
  /** Newest first; `when` is RFC 3339, UTC. */
  deleted: { id: string; guid: string; when: string }[];
  /** A digest of the newest changes that no entry shows, such as a withdrawal; undefined when there are none. */
  unseen: string | undefined;
  /** Namespace prefixes that the entries use. */
  prefixes: Set<Prefix>;
};
