import { type Found, medium } from "./html-embeds.ts";
import type { Item } from "./html-items.ts";
import type { Addresses } from "./html-urls.ts";
import type { Tally } from "./html-warnings.ts";

/** An embed whose content is known. `ended`: it has its end tag, so that its content is its own. */
type EmbedElement = { name: string; found: Found; items: Item[]; ended: boolean };

/**
 * What stands for an embed. Its content is for readers who cannot play it, and goes, but for a picture or a link that
 * stands for it. Where the end tag is missing, the rest of the story is in it, and stays.
 */
export function finishEmbed(element: EmbedElement, tally: Tally): Item[] {
  const { name, found, items, ended } = element;
  if (name === "object" && ended) return finishObject(found, items, tally);
  if (found.url === undefined && found.poster === undefined) return withoutAddress(element, tally);
  return ended ? [embedItem(found)] : [embedItem(found), ...items];
}

/** An object is first of all what it holds: another embed, a picture, a link to its file. */
function finishObject(found: Found, items: Item[], tally: Tally): Item[] {
  if (items.some((item) => item.embed || item.embeds || item.html.includes("<img"))) return items;
  if (found.url === undefined) return withoutAddress({ name: "object", found, items, ended: true }, tally);
  if (found.links.some(({ url }) => url === found.url)) return [knownItem(found), ...items];
  if (found.links.length === 0) return [embedItem(found)];
  const isFlash = /\.swf(?:[?#]|$)/i.test(found.url);
  return [isFlash ? knownItem(found) : embedItem(found), ...items];
}

function withoutAddress({ items, found, ended }: EmbedElement, tally: Tally): Item[] {
  if (found.links.length > 0 || items.some((item) => item.embed || item.embeds)) return items;
  tally.add("embedWithoutAddress");
  return ended ? [] : items;
}

const embedItem = (found: Found): Item => ({ html: "", content: true, embed: found });

/** An embed that the body links to already. */
const knownItem = (found: Found): Item => ({ html: "", content: false, embeds: [found] });

/** The start tag of an element in an embed, which may tell about it: `source`, `param`, `track`. */
export function readPart(
  found: Found,
  name: string,
  attributes: Record<string, string>,
  addresses: Addresses,
  tally: Tally,
): void {
  if (name === "track") tally.add("track");
  if (name === "param" && /^(?:movie|src|url)$/i.test(attributes.name ?? "")) {
    found.url ??= addresses.media(attributes.value ?? "");
  }
  const url = name === "source" ? addresses.media(attributes.src ?? attributes["data-src"] ?? "") : undefined;
  if (url === undefined) return;
  found.url ??= url;
  found.media.push(medium(url, attributes.type));
}
