/*
 * What the formats of feeds have in common, before it becomes a record. Texts that may be HTML are HTML; addresses are as
 * the feed has them, and relative to `base`.
 */

export type Person = { name?: string; email?: string; url?: string };

export type Medium = {
  url: string;
  type?: string;
  width?: number;
  height?: number;
  bytes?: number;
  alt?: string;
  caption?: string;
  credit?: string;
  creditRole?: string;
  /** Other sizes of the same. */
  renditions?: { url: string; type?: string; width?: number; height?: number; bytes?: number }[];
};

export type Entry = {
  guid?: string;
  /** The address of the article. */
  url?: string;
  /** HTML, or text in which HTML may stand. */
  title?: string;
  /** A part of the article, or words about it. */
  summary?: string;
  /** Whether the summary is text in which no HTML can stand. */
  isPlainSummary?: boolean;
  /** The whole article as HTML. */
  content?: string;
  published?: string;
  updated?: string;
  authors: Person[];
  tags: { name: string; scheme?: string; code?: string }[];
  media: Medium[];
  related: { url: string; title: string }[];
  language?: string;
  rights?: string;
  source?: { name: string; url?: string };
  places: { name?: string; lat: number; lon: number }[];
  /** Against which addresses of this entry are resolved. */
  base: string;
  /** What a wire says of the entry in JSON Feed (`_flashwire`, EXTENSION_PATH). */
  extension?: Record<string, unknown>;
};

export type Channel = {
  title?: string;
  /** The website whose feed it is. */
  home?: string;
  language?: string;
  rights?: string;
  authors: Person[];
};

export type Feed = {
  channel: Channel;
  entries: Entry[];
  /** The guids of entries that the feed says were deleted: tombstones (RFC 6721), and what a wire says in JSON Feed. */
  withdrawn: string[];
  /** The document with older entries (RFC 5005 `next` and `prev-archive`, JSON Feed `next_url`), absolute. */
  older?: string;
};
