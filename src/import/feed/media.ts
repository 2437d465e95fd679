import { defined } from "../words.ts";
import type { Medium } from "./entry.ts";
import type { Media } from "./parsed.ts";

type Content = NonNullable<Media["contents"]>[number];
type Words = Pick<Content, "title" | "description" | "credits" | "texts">;

/** Media RSS (https://www.rssboard.org/media-rss): a group is one medium in several sizes, and what stands alone is one each. */
export function mediaOf(media: Media | undefined): Medium[] {
  if (media === undefined) return [];
  const { groups = [], contents = [], thumbnails = [] } = media;
  const grouped = groups.flatMap((group) => {
    const sizes = (group.contents ?? []).flatMap((content) => sizeOf(content, group));
    const [largest, ...others] = sizes.toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0));
    if (largest === undefined) return [];
    return [others.length === 0 ? largest : { ...largest, renditions: others.map(plainSize) }];
  });
  const found = [...grouped, ...contents.flatMap((content) => sizeOf(content, media))];
  // A thumbnail is the picture of an item that has no other.
  if (found.length > 0) return found;
  const pictures = [...thumbnails, ...groups.flatMap((group) => group.thumbnails ?? [])];
  const [thumbnail] = pictures.toSorted((a, b) => (b.width ?? 0) - (a.width ?? 0));
  if (thumbnail?.url === undefined) return [];
  const { url, width, height } = thumbnail;
  return [{ ...defined({ width, height }), url, type: "image/*" }];
}

function sizeOf(content: Content, around: Words): Medium[] {
  const { url, type, medium, width, height, fileSize } = content;
  // Video sites still name players of Flash, which no browser has.
  if (url === undefined || type === "application/x-shockwave-flash") return [];
  const kind = type ?? (medium === undefined ? undefined : `${medium}/*`);
  const size = { url, type: kind, width, height, bytes: fileSize };
  return [{ ...defined(size), url, ...wordsOf(content), ...(hasWords(content) ? {} : wordsOf(around)) }];
}

const hasWords = (content: Words) => content.title !== undefined || content.description !== undefined;

/** The description of a medium is its caption. Its title is a caption where there is no other. */
function wordsOf({ title, description, credits }: Words) {
  const [credit] = credits ?? [];
  return defined({
    caption: description?.value ?? title?.value,
    credit: credit?.value,
    creditRole: credit?.role,
  });
}

function plainSize({ url, type, width, height, bytes }: Medium) {
  return { ...defined({ type, width, height, bytes }), url };
}

/** The description in Media RSS, for an entry without words of its own: sites of videos have their words there alone. */
export function descriptionIn(media: Media | undefined): string | undefined {
  const [group] = media?.groups ?? [];
  return media?.description?.value ?? group?.description?.value;
}
