import { cleanText } from "../core/text.ts";
import type { Addresses } from "./html-urls.ts";

type Attributes = Record<string, string>;

/** Where scripts that load pictures late keep the address, the most common first. */
const LATE_SRC = [
  "data-src",
  "data-lazy-src",
  "data-original",
  "data-lazy",
  "data-original-src",
  "data-actualsrc",
];
const LATE_SRCSET = ["data-srcset", "data-lazy-srcset", "data-original-set"];

/** File names of pictures that hold a place until the real one is there. */
const PLACEHOLDER =
  /(?:^|[/_.-])(?:blank|spacer|pixel|placeholder|transparent|lazy|lazyload|loading|loader|1x1|gr[ae]y)\.(?:gif|png|svg|jpe?g|webp)(?:[?#]|$)/i;

/**
 * The attributes of an `img` or `source` with the addresses that a script would put there, relative as they are.
 * `late`: another address than the one that the element has by itself.
 */
export function withLateAddresses(
  attributes: Attributes,
  addresses: Addresses,
): { attributes: Attributes; late: boolean } {
  if (!Object.keys(attributes).some((name) => name.startsWith("data-"))) return { attributes, late: false };
  const src = firstOf(
    LATE_SRC,
    attributes,
    (value) => isAddress(value) && addresses.media(value) !== undefined,
  );
  const srcset = firstOf(
    LATE_SRCSET,
    attributes,
    (value) => addresses.srcset(cleanText(value)) !== undefined,
  );
  const late =
    (src !== undefined && src !== attributes.src) || (srcset !== undefined && srcset !== attributes.srcset);
  if (!late) return { attributes, late };
  const own = { ...attributes };
  if (src !== undefined) own.src = src;
  if (srcset !== undefined) own.srcset = srcset;
  // The size of the placeholder, not of the picture.
  if (own.width === "1" && own.height === "1") own.width = own.height = "";
  return { attributes: own, late };
}

function firstOf(
  names: string[],
  attributes: Attributes,
  isRight: (value: string) => boolean,
): string | undefined {
  const name = names.find((late) => attributes[late] !== undefined && isRight(attributes[late]));
  return name === undefined ? undefined : attributes[name];
}

/** Some write other things than addresses there: `true`, templates, JSON. */
function isAddress(value: string): boolean {
  const address = value.trim();
  return !/[\s{}<>"]/.test(address) && /[./]/.test(address) && !isPlaceholder({ src: address });
}

/** Whether an image only holds the place of another one. */
export function isPlaceholder({ src, width, height }: Attributes): boolean {
  if (src === undefined || /^\s*(?:data:|about:|$)/i.test(src)) return true;
  return (width === "1" && height === "1") || PLACEHOLDER.test(src);
}

/** The largest candidate of a clean `srcset`; `undefined` when that is a placeholder too. */
export function bestOf(srcset: string): string | undefined {
  let best: string | undefined;
  let largest = -1;
  for (const candidate of srcset.split(", ")) {
    const [address = "", size = "1x"] = candidate.split(" ");
    if (Number.parseFloat(size) <= largest || isPlaceholder({ src: address })) continue;
    largest = Number.parseFloat(size);
    best = address;
  }
  return best;
}
