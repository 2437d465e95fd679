import { BLOCKS, FLOW, KEPT_EMPTY, MATH, VOID, WRAPPERS } from "./html-allowlist.ts";
import type { Found } from "./html-embeds.ts";
import { type Item, type Joined, join, type Place, withoutFallbacks } from "./html-items.ts";
import { bestOf } from "./html-pictures.ts";
import { escapeAttribute } from "./html-text.ts";
import type { Tally } from "./html-warnings.ts";

type Attributes = Record<string, string>;

/** An element of the allow-list whose content is read, and where it stands. */
export type Element = {
  tag: string;
  attributes: Attributes;
  items: Item[];
  parent: string | undefined;
  /** Inside of what holds no figures: a paragraph, a heading, a word. */
  inLine: boolean;
  /** Inside of a link or a caption, which embeds leave. */
  embedsLeave: boolean;
};

const voids = new Set(VOID);
const flow = new Set(FLOW);
const ROWS = new Set(["tr", "thead", "tbody", "tfoot"]);

/** What is left of an element when its content is known: itself, its content alone, or a gap. */
export function finish(element: Element, tally: Tally, seen: ReadonlySet<string>): Item[] {
  const { tag } = element;
  const block = BLOCKS.has(tag);
  if (voids.has(tag)) return [{ html: startTag(element), content: tag === "hr", block }];
  const items = element.items.some((item) => item.picture?.fallback)
    ? withoutFallbacks(element.items, seen)
    : element.items;
  if (tag === "picture") return finishPicture({ ...element, items }, tally);
  const embeds = items.filter((item) => item.embed);
  if (embeds.length > 0 && WRAPPERS.has(tag) && !items.some((item) => item.content && !item.embed)) {
    if (tag === "a") tally.add("linkInLink");
    return items;
  }
  const leave = embeds.length > 0 && (element.embedsLeave || tag === "a" || tag === "figcaption");
  const stay = leave ? items.filter((item) => !item.embed) : items;
  const joined = join(stay, placeIn(element), tally);
  const rest = withoutNothing(element, joined, stay, tally) ?? [itemOf(element, joined, block)];
  return leave ? [...rest, ...embeds] : rest;
}

function placeIn({ tag, inLine }: Element): Place {
  if (tag === "figure") return "figure";
  return flow.has(tag) && !inLine ? "flow" : "line";
}

function itemOf(element: Element, { html, content, embeds }: Joined, block: boolean): Item {
  const { tag } = element;
  const item: Item = { html: `${startTag(element)}${html}</${tag}>`, content, block };
  if (tag === "figcaption") item.caption = true;
  if (embeds) item.embeds = embeds;
  return item;
}

/** What takes the place of an element without content; `undefined` where it has some or means something without. */
function withoutNothing(element: Element, joined: Joined, items: Item[], tally: Tally): Item[] | undefined {
  const { tag, parent } = element;
  if (tag === "figure") return withoutPicture(joined, items, tally);
  if (joined.content || KEPT_EMPTY.has(tag)) return undefined;
  if (MATH.has(tag) && tag !== "math") return undefined;
  if (ROWS.has(tag) && joined.html.includes("<")) return undefined;
  if (tag === "li" && parent === "ol") return undefined;
  tally.add("empty");
  if (tag === "math") return [];
  return [BLOCKS.has(tag) ? gapWith(joined.embeds) : { ...joined }];
}

/** A caption alone says nothing. A quotation, a table or a link is as good as a picture. */
function withoutPicture({ embeds }: Joined, items: Item[], tally: Tally): Item[] | undefined {
  if (items.some((item) => item.content && (!item.caption || item.html.includes("<img")))) return undefined;
  if (items.some((item) => item.embed)) return undefined;
  tally.add("figure");
  return [gapWith(embeds)];
}

export function gapWith(embeds?: Found[]): Item {
  return { html: "", content: false, gap: true, ...(embeds && { embeds }) };
}

/** A picture without an image shows none of its sources. It becomes the best candidate of its last source, which every browser knows. */
function finishPicture(element: Element, tally: Tally): Item[] {
  const { items } = element;
  const image = items.find((item) => item.picture && item.content);
  if (image) {
    const joined = join(items, "line", tally);
    return [{ ...itemOf(element, joined, false), picture: image.picture as NonNullable<Item["picture"]> }];
  }
  const lost = items.find((item) => item.picture && item.html === "");
  const best = items
    .map(({ picture }) => picture?.attributes.srcset && bestOf(picture.attributes.srcset))
    .findLast(Boolean);
  if (best === undefined || best === "") {
    if (!lost) tally.add("empty");
    return items.filter((item) => !item.picture || item === lost);
  }
  tally.add("lazy");
  const attributes = { src: best, ...lost?.picture?.attributes };
  const found = imageItem(attributes, false);
  const joined = join([...items.filter((item) => item !== lost), found], "line", tally);
  return [{ ...itemOf(element, joined, false), picture: { attributes, standIn: true } }];
}

export function imageItem(attributes: Attributes, standIn: boolean, tag: "img" | "source" = "img"): Item {
  return { html: startTag({ tag, attributes }), content: true, picture: { attributes, standIn } };
}

export function startTag({ tag, attributes }: { tag: string; attributes: Attributes }): string {
  let html = `<${tag}`;
  for (const name in attributes) html += ` ${name}="${escapeAttribute(attributes[name] as string)}"`;
  return voids.has(tag) ? `${html} />` : `${html}>`;
}
