import { type Found, linkOf } from "./html-embeds.ts";
import type { Tally } from "./html-warnings.ts";

/** A piece of a body that was read: text, an element with all that is in it, or what is left of one. */
export type Item = {
  html: string;
  /** Whether a reader sees anything of it. */
  content: boolean;
  block?: boolean;
  /** An empty element stood here, on lines of its own. */
  gap?: boolean;
  caption?: boolean;
  picture?: Picture;
  /** An embed that its parent makes a link or a figure. */
  embed?: Found;
  /** Embeds that are links in `html`, or are not in it at all. */
  embeds?: Found[];
};

/** An image: `standIn` when a script would put another one in its place; `fallback` when it stood in a noscript. */
export type Picture = {
  attributes: Record<string, string>;
  standIn: boolean;
  fallback?: boolean;
};

export type Joined = { html: string; content: boolean; embeds?: Found[] };

/** Where items are joined: an embed becomes a figure, a part of the figure around it, or a link in the line. */
export type Place = "flow" | "figure" | "line";

/** The items of one element as HTML. */
export function join(items: Item[], place: Place, tally: Tally): Joined {
  const joined: Joined = { html: "", content: false };
  const embeds: Found[] = [];
  let last = "";
  let gap = "";
  for (const item of items) {
    if (item.gap) gap = "\n";
    if (item.embeds) embeds.push(...item.embeds);
    if (item.picture && item.html === "") tally.add("pictureWithoutAddress");
    if (item.embed) embeds.push(item.embed);
    const html = item.embed ? embedIn(item.embed, place) : item.html;
    if (html === "") continue;
    const isBlock = item.block === true || (item.embed !== undefined && place === "flow");
    const isLink = item.embed !== undefined && !isBlock;
    if (isLink) gap = " ";
    if (gap !== "" && !isBlock && !isSpace(last.at(-1)) && !isSpace(html[0])) joined.html += gap;
    joined.html += html;
    joined.content ||= item.content;
    last = isBlock ? "" : html;
    gap = isLink ? " " : "";
  }
  if (embeds.length > 0) joined.embeds = embeds;
  return joined;
}

/** Where nothing or a block stands, words are apart too. */
const isSpace = (letter: string | undefined) => letter === undefined || /\s/.test(letter);

function embedIn(found: Found, place: Place): string {
  const link = linkOf(found);
  return place === "flow" ? `<figure>${link}</figure>` : link;
}

/** Text of white space and marks that nobody sees is no content. */
export function textItem(html: string): Item {
  return { html, content: /[^\s\u00ad\u200b\u2060]/.test(html) };
}

/**
 * A noscript shows its picture where the script that loads another one does not run. Of the two one stays: that of the
 * noscript where the other only held its place.
 */
export function withoutFallbacks(items: Item[], seen: ReadonlySet<string>): Item[] {
  const dropped = new Set<Item>();
  for (const [index, item] of items.entries()) {
    if (!item.picture?.fallback) continue;
    const twin = [neighbour(items, index, -1), neighbour(items, index, 1)].find(
      (each) => each?.picture?.standIn && !each.picture.fallback && !dropped.has(each),
    );
    if (twin) dropped.add(twin);
    else if (seen.has(item.picture.attributes.src ?? "")) dropped.add(item);
  }
  return items.filter((item) => !dropped.has(item));
}

function neighbour(items: Item[], index: number, step: 1 | -1): Item | undefined {
  let at = index + step;
  while (items[at] && !items[at]?.picture && !items[at]?.content) at += step;
  return items[at];
}
