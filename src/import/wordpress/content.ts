import type { Attachment, Post } from "./post.ts";
import { attributeOf, withoutShortcodes } from "./shortcodes.ts";

/** Elements around which an editor of WordPress writes no paragraph. */
const BLOCK =
  /^<\/?(?:address|article|aside|audio|blockquote|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|li|math|nav|ol|p|pre|script|section|style|table|tbody|td|tfoot|th|thead|tr|ul|video)\b/i;

/** The content of a post as HTML: without comments of the block editor and without shortcodes, with figures for pictures. */
export function htmlOf({
  content,
  isRaw,
  attachment,
}: Pick<Post, "content" | "isRaw" | "attachment">): string {
  const isOfBlocks = content.includes("<!-- wp:");
  const html = withoutShortcodes(withoutComments(content), (name, attributes, inner) =>
    replaced(name, attributes, inner, attachment),
  );
  return (isRaw && !isOfBlocks ? paragraphsOf(html) : html).trim();
}

/** A comment that has no end stays: what is behind it may be the article. */
function withoutComments(html: string): string {
  const parts = html.split("<!--");
  return parts.reduce((before, part) => {
    const end = part.indexOf("-->");
    return end < 0 ? `${before}<!--${part}` : before + part.slice(end + 3);
  });
}

/** What stands in the place of a shortcode; `inner` is undefined for one that stands alone. */
function replaced(
  name: string,
  attributes: string,
  inner: string | undefined,
  attachment: Post["attachment"],
): string {
  switch (name) {
    case "caption":
    case "wp_caption":
      return figureOf(inner ?? "", attributeOf(attributes, "caption"));
    case "gallery":
      return galleryOf(attributeOf(attributes, "ids") ?? "", attachment);
    case "embed":
      return linkTo((inner ?? attributeOf(attributes, "src") ?? "").trim());
    case "audio":
    case "video": {
      const source = FILES.map((file) => attributeOf(attributes, file)).find(Boolean);
      return source === undefined ? (inner ?? "") : `<${name} src="${escaped(source)}" controls></${name}>`;
    }
    default:
      return inner ?? "";
  }
}

/** The attributes of `[audio]` and `[video]` that name a file. */
const FILES = ["src", "mp4", "m4v", "webm", "mp3", "m4a", "ogg", "wav"];

/** `[caption]` holds the picture, maybe with a link around it, and then the caption. */
function figureOf(inner: string, named: string | undefined): string {
  const picture = /^\s*(?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*<\/a>)?/i.exec(inner)?.[0] ?? "";
  if (picture === "") return inner;
  const caption = (named ?? inner.slice(picture.length)).trim();
  const words = caption === "" ? "" : `<figcaption>${caption}</figcaption>`;
  return `<figure>${picture.trim()}${words}</figure>`;
}

function galleryOf(ids: string, attachment: Post["attachment"]): string {
  const pictures = ids.split(",").flatMap((id) => attachment(Number(id.trim())) ?? []);
  return pictures.map(pictureOf).join("\n");
}

function pictureOf({ url, alt = "", caption }: Attachment): string {
  const words = caption === undefined ? "" : `<figcaption>${escaped(caption)}</figcaption>`;
  return `<figure><img src="${escaped(url)}" alt="${escaped(alt)}">${words}</figure>`;
}

const linkTo = (url: string) =>
  /^https?:\/\/\S+$/i.test(url) ? `<p><a href="${escaped(url)}">${escaped(url)}</a></p>` : "";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** As WordPress shows what its first editor wrote: an empty line parts paragraphs, an end of line is one. */
function paragraphsOf(html: string): string {
  const { text, kept } = withoutVerbatim(html.replace(/\r\n?/g, "\n"));
  const parts = text.split(/\n[ \t]*\n\s*/).map((part) => part.trim());
  const paragraphs = parts.flatMap((part) => (part === "" ? [] : [BLOCK.test(part) ? part : lines(part)]));
  return paragraphs.join("\n").replace(/<pre (\d+)>/g, (_, place: string) => kept[Number(place)] ?? "");
}

const lines = (part: string) => `<p>${part.replace(/\n/g, "<br>\n")}</p>`;

const VERBATIM = /<(pre|script|style|textarea)\b/gi;

/** Takes out what has no paragraphs: each such element leaves a mark that is a block by itself. */
function withoutVerbatim(html: string): { text: string; kept: string[] } {
  const kept: string[] = [];
  const endless = new Set<string>();
  let text = "";
  let read = 0;
  for (const { index, 1: name = "" } of html.matchAll(VERBATIM)) {
    const end = `</${name}>`;
    if (index < read || endless.has(end)) continue;
    const at = html.indexOf(end, index);
    if (at < 0) {
      endless.add(end);
      continue;
    }
    text += `${html.slice(read, index)}\n\n<pre ${kept.length}>\n\n`;
    read = at + end.length;
    kept.push(html.slice(index, read));
  }
  return { text: text + html.slice(read), kept };
}
