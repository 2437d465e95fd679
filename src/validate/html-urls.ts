import { parseUrl } from "../core/address.ts";
import { FlashwireError } from "../core/errors.ts";
import { MAX_BODY } from "../core/limits.ts";
import { LINK_SCHEMES, MEDIA_SCHEMES } from "./html-allowlist.ts";
import { MAX_CANDIDATES, MAX_LINKS } from "./limits.ts";

/**
 * The addresses of one body, made absolute against that of the article. They are counted as they come: a few letters
 * may become two thousand, and what is too long or too many has to be refused before it is made.
 */
export type Addresses = ReturnType<typeof addressesOf>;

export function addressesOf(base: string) {
  let links = 0;
  let length = 0;

  /** One more link, image or embedded element. */
  const count = () => {
    if (++links > MAX_LINKS) throw tooMuch(`have at most ${MAX_LINKS} links, images and embedded elements`);
  };

  /** The address as a browser would understand it, if it may stand there. */
  const resolve = (value: string, schemes: string[]) => {
    count();
    const url = parseUrl(value, base);
    if (url === null || !schemes.includes(url.protocol.slice(0, -1))) return undefined;
    length += url.href.length;
    if (length > MAX_BODY) throw tooLong();
    return url.href;
  };

  return {
    count,
    link: (value: string) => resolve(value, LINK_SCHEMES),
    /** The address of an image; an empty one does not count, because it would be that of the page itself. */
    media: (value: string) => (value.trim() === "" ? undefined : resolve(value, MEDIA_SCHEMES)),
    srcset: (value: string) => cleanSrcset(value, (address) => resolve(address, MEDIA_SCHEMES)),
  };
}

export const tooLong = () => tooMuch(`be at most ${MAX_BODY} characters with its links made absolute`);

const tooMuch = (what: string) => new FlashwireError("invalid", `must ${what}`);

/** https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute; a wrong candidate is left out. */
function cleanSrcset(value: string, resolve: (address: string) => string | undefined): string | undefined {
  const clean: string[] = [];
  let candidates = 0;
  // Sticky, so that the time stays in proportion to the length.
  const candidate = /[\s,]*([^\s,]\S*)/y;
  const descriptor = /\s*([^,]*)/y;
  for (let found = candidate.exec(value); found !== null; found = candidate.exec(value)) {
    if (++candidates > MAX_CANDIDATES) throw tooMuch(`offer an image in at most ${MAX_CANDIDATES} sizes`);
    const [, address = ""] = found;
    let size = "";
    if (!address.endsWith(",")) {
      descriptor.lastIndex = candidate.lastIndex;
      size = descriptor.exec(value)?.[1]?.trim() ?? "";
      candidate.lastIndex = descriptor.lastIndex;
    }
    const url = resolve(withoutCommas(address));
    if (url !== undefined && !url.endsWith(",") && isSize(size)) clean.push(`${url} ${size}`.trim());
  }
  return clean.length === 0 ? undefined : clean.join(", ");
}

function withoutCommas(address: string): string {
  let end = address.length;
  while (address[end - 1] === ",") end--;
  return address.slice(0, end);
}

function isSize(size: string): boolean {
  return (
    size === "" ||
    /^[1-9]\d{0,8}w$/.test(size) ||
    (/^\d{1,4}(\.\d{1,4})?x$/.test(size) && parseFloat(size) > 0)
  );
}
