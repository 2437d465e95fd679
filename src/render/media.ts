import type { Media, Published } from "../core/article.ts";

/* Which media of a record stand where. */

/** The media types that browsers show in an `img`. */
const SHOWN_TYPE = /^image\/(?:a?png|avif|bmp|gif|jpe?g|pjpeg|svg\+xml|webp)$/i;

/** The media that others may show. */
export function syndicatedMedia({ media }: Published): Media[] {
  return (media ?? []).filter((medium) => medium.syndicate !== false);
}

/** The addresses of the medium: its own, then those of its renditions. */
export function filesOf({ url, renditions = [] }: Media): string[] {
  return [url, ...renditions.map((rendition) => rendition.url)];
}

/** The medium that stands for the story. */
function leadOf(media: Media[]): Media | undefined {
  return media.find((medium) => medium.role === "lead") ?? media[0];
}

export function leadImageOf(media: Media[]): Media | undefined {
  return leadOf(media.filter((medium) => medium.type.startsWith("image/")));
}

/**
 * The one file that a reader offers beside the story: the lead of those that the content does not show. Readers show an
 * enclosed picture below the content that has it already.
 */
export function enclosureOf(article: Published): Media | undefined {
  return leadOf(syndicatedMedia(article).filter((medium) => !isPicture(medium)));
}

/** Whether the content of an entry can show the medium, as a picture. */
export function isPicture({ type }: Pick<Media, "type">): boolean {
  return SHOWN_TYPE.test(type.replace(/;.*$/s, "").trim());
}

/** A size of zero means that the newsroom's system does not know the size. */
export function positive(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value;
}
