import { imageItem } from "./html-elements.ts";
import type { Found } from "./html-embeds.ts";
import type { Item } from "./html-items.ts";
import { bestOf, isPlaceholder } from "./html-pictures.ts";
import type { Addresses } from "./html-urls.ts";
import type { Tally } from "./html-warnings.ts";

type Attributes = Record<string, string>;

/** An `img` or `amp-img`; only the latter may hold something. `late`: a script would load another address. */
type ImageElement = { sent: Attributes; attributes: Attributes; late: boolean; items: Item[] };

/** Where an image stands: what has been seen so far, and the embed around it. */
type Around = { addresses: Addresses; tally: Tally; seen: Set<string>; inNoscript: boolean; embed?: Found };

/** The image with the best address that it names, or a lost one. */
export function finishImage({ sent, attributes, late, items }: ImageElement, around: Around): Item[] {
  const shown = withBestAddress(attributes, around.addresses);
  const others = items.filter((item) => !item.picture);
  if (shown.src === undefined) {
    around.addresses.count();
    const fallback = items.filter((item) => item.content);
    if (fallback.some((item) => item.picture)) return fallback;
    return [{ html: "", content: false, picture: { attributes: shown, standIn: true } }, ...others];
  }
  const isOther = shown.src !== attributes.src && sent.src !== undefined;
  if (late || isOther) around.tally.add("lazy");
  if (!around.inNoscript) around.seen.add(shown.src);
  if (around.embed) around.embed.poster ??= shown.src;
  return [imageItem(shown, late || isPlaceholder(shown)), ...others];
}

/** Readers that know no `srcset` show `src`. */
function withBestAddress(attributes: Attributes, addresses: Addresses): Attributes {
  const { srcset } = attributes;
  if (srcset === undefined || !isPlaceholder(attributes)) return attributes;
  const best = bestOf(srcset);
  if (best === undefined || best === attributes.src) return attributes;
  addresses.count();
  return attributes.src === undefined ? { src: best, ...attributes } : { ...attributes, src: best };
}

export function sourceItems(attributes: Attributes): Item[] {
  const { srcset } = attributes;
  if (srcset === undefined) return [];
  return [{ ...imageItem(attributes, false, "source"), content: false }];
}

/** A noscript that holds a picture and nothing else shows it in place of one that a script loads. */
export function asFallback(items: Item[]): Item[] {
  const [item, ...more] = items.filter((each) => each.content);
  if (item?.picture && more.length === 0) item.picture.fallback = true;
  return items;
}
