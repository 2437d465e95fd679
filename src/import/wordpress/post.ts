/** A post as WordPress has it, in its REST interface and in its export files. Texts are HTML. */
export type Post = {
  id: number;
  guid: string;
  url: string;
  title: string;
  content: string;
  excerpt: string;
  /** `publish`, `draft`, `future`, `private`, `trash` … */
  status: string;
  /** Whether readers need a password, or have to pay. */
  isProtected: boolean;
  isPaid: boolean;
  /** Whether a text of it is longer than what is read of one. */
  isTooLong?: boolean;
  /** RFC 3339; undefined where WordPress knows none. */
  published?: string;
  updated?: string;
  authors: { name: string; url?: string }[];
  categories: string[];
  tags: string[];
  picture?: Attachment;
  /** The pictures of a gallery, by the numbers that a shortcode names. */
  attachment(id: number): Attachment | undefined;
  /** Whether its content is as an editor wrote it: with shortcodes, and paragraphs without elements. */
  isRaw: boolean;
  language?: string;
};

export type Attachment = {
  url: string;
  type?: string;
  width?: number;
  height?: number;
  alt?: string;
  caption?: string;
  credit?: string;
  renditions?: { url: string; type?: string; width?: number; height?: number }[];
};
