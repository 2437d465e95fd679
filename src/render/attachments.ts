import type { Media, Rendition } from "../core/article.ts";
import { TITLE_CHARACTERS } from "./limits.ts";
import { positive } from "./media.ts";

/**
 * The attachments of a JSON Feed item. Those with one title are the same in other sizes or encodings (JSON Feed 1.1,
 * "Attachments"), so the renditions of a medium share a title that no other medium has.
 */
export function attachmentsOf(media: Media[]): object[] {
  const taken = new Set<string>();
  return media.flatMap((medium) => {
    const { renditions = [] } = medium;
    const title = renditions.length === 0 ? undefined : freeTitle(medium, taken);
    return [medium, ...renditions].map((file) => attachment(file, title));
  });
}

function attachment({ url, type, bytes }: Rendition, title: string | undefined) {
  return { url, mime_type: type, title, size_in_bytes: positive(bytes) };
}

function freeTitle(medium: Media, taken: Set<string>): string {
  const name = nameOf(medium);
  let title = name;
  for (let n = 2; taken.has(title); n++) title = `${name} (${n})`;
  taken.add(title);
  return title;
}

/** What people read of the medium, or the name of its file. */
function nameOf({ caption, alt, url }: Media): string {
  const words = caption ?? alt ?? new URL(url).pathname.split("/").at(-1) ?? "";
  const letters = [...words];
  return letters.length <= TITLE_CHARACTERS ? words : `${letters.slice(0, TITLE_CHARACTERS - 1).join("")}…`;
}
