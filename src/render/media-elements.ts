import type { Media, Published, Rendition } from "../core/article.ts";
import { MAX_THUMBNAIL_WIDTH } from "./limits.ts";
import { leadImageOf, positive, syndicatedMedia } from "./media.ts";
import { type Attributes, element, textElement } from "./xml.ts";

/*
 * Media RSS 1.5.1 (https://www.rssboard.org/media-rss): one media:content for a file, and a media:group where a record
 * names other sizes or crops of it. What is said of the picture then stands once, in the group.
 */

/** Roles of the European Broadcasting Union that make pictures, sound and film; Media RSS knows no others. */
const EBU_ROLES = new Set([
  "animator",
  "art director",
  "author",
  "broadcast journalist",
  "camera operator",
  "correspondent",
  "director",
  "director of photography",
  "draughtsman",
  "editor",
  "graphic designer",
  "illustrator",
  "photographer",
  "producer",
  "production company",
  "publishing company",
  "reporter",
  "sound designer",
  "sound recordist",
  "visual editor",
]);

/** The media of an article that others may show, and a thumbnail for it. */
export function mediaElements(article: Published): string {
  const media = syndicatedMedia(article);
  const lead = leadImageOf(media);
  const contents = media.map((medium) =>
    medium.renditions === undefined
      ? contentElement(medium, {}, wordElements(medium))
      : groupElement(medium, medium.renditions, medium === lead),
  );
  return contents.join("") + thumbnailElement(lead && thumbnailOf(lead));
}

/** The thumbnail of the lead picture stands in the entry, where readers look for one. */
function groupElement(medium: Media, renditions: Rendition[], isLead: boolean): string {
  const files = [
    contentElement(medium, { isDefault: "true" }),
    ...renditions.map((rendition) => contentElement(rendition, {})),
  ];
  const thumbnail = isLead ? "" : thumbnailElement(thumbnailOf(medium));
  return element("media:group", {}, files.join("") + wordElements(medium) + thumbnail);
}

function contentElement(
  { url, type, width, height, bytes }: Rendition,
  more: Attributes,
  markup = "",
): string {
  const size = { fileSize: positive(bytes), width: positive(width), height: positive(height) };
  return element("media:content", { url, type, medium: mediumOf(type), ...size, ...more }, markup);
}

function wordElements({ caption, credit, creditRole, alt }: Media): string {
  return (
    textElement("media:description", caption) +
    textElement("media:credit", credit, roleAttributes(creditRole)) +
    textElement("media:text", alt)
  );
}

/** A role must be in lower case. A role that the scheme does not have would make the document invalid. */
function roleAttributes(creditRole: string | undefined): Attributes {
  const role = creditRole?.toLowerCase();
  return role !== undefined && EBU_ROLES.has(role) ? { role, scheme: "urn:ebu" } : {};
}

/** The largest rendition that is small enough: a thumbnail of full size helps nobody. */
function thumbnailOf(picture: Media): Rendition | undefined {
  const { renditions = [], width: full = Number.POSITIVE_INFINITY } = picture;
  const small = renditions.filter(
    ({ type, width = 0 }) =>
      type.startsWith("image/") && width > 0 && width <= MAX_THUMBNAIL_WIDTH && width < full,
  );
  return small.sort((a, b) => (b.width ?? 0) - (a.width ?? 0))[0];
}

function thumbnailElement(file: Rendition | undefined): string {
  if (file === undefined) return "";
  const { url, width, height } = file;
  return element("media:thumbnail", { url, width: positive(width), height: positive(height) });
}

function mediumOf(type: string): string {
  return /^(image|audio|video)\//.exec(type)?.[1] ?? "document";
}
