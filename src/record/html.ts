import sanitize from "sanitize-html";
import { FlashwireError } from "../core/errors.ts";
import { MAX_HTML_DEPTH, MAX_HTML_PASSES } from "../core/limits.ts";
import { cleanText } from "../core/text.ts";
import {
  ALLOWED_ATTRIBUTES,
  ALLOWED_ELEMENTS,
  LINK_SCHEMES,
  MEDIA_SCHEMES,
  REMOVED_WITH_CONTENT,
  RENAMED,
} from "./allowed.ts";

type Attributes = Record<string, string>;

/** Elements that have no end tag. */
const VOID = ["br", "col", "hr", "img", "source", "wbr"];

/**
 * HTML reduced to the allow-list, with every tag closed, its addresses made absolute against `base` and its text clean.
 * Cleaning the answer again changes nothing: it is cleaned until it stays as it is, since a dropped tag may change how
 * what surrounds it is read. Throws `invalid` for HTML that nests too deep or does not come to rest.
 */
export function cleanHtml(html: string, base: string): string {
  let current = html;
  for (let pass = 0; pass < MAX_HTML_PASSES; pass++) {
    const next = cleanOnce(current, base);
    if (next === current) return next;
    current = next;
  }
  throw new FlashwireError("invalid", "must be HTML whose tags close where they were opened");
}

function cleanOnce(html: string, base: string): string {
  let depth = 0;
  const cleaned = sanitize(html, {
    allowedTags: Object.keys(ALLOWED_ELEMENTS),
    allowedAttributes: ALLOWED_ATTRIBUTES,
    nonTextTags: REMOVED_WITH_CONTENT,
    selfClosing: VOID,
    allowedSchemes: LINK_SCHEMES,
    allowedSchemesByTag: { img: MEDIA_SCHEMES, srcset: MEDIA_SCHEMES },
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    // An attribute without a value says nothing, but for alt="".
    nonBooleanAttributes: ["*"],
    transformTags: { "*": (tagName, attributes) => transform(tagName, attributes, base) },
    textFilter,
    exclusiveFilter: ({ tag, attribs }) => isEmptyImage(tag, attribs),
    onOpenTag: () => {
      if (++depth > MAX_HTML_DEPTH) {
        throw new FlashwireError("invalid", `must not nest elements deeper than ${MAX_HTML_DEPTH}`);
      }
    },
    onCloseTag: () => {
      depth--;
    },
  });
  return cleaned.trim();
}

function transform(tagName: string, attributes: Attributes, base: string): sanitize.Tag {
  const attribs: Attributes = {};
  for (const [name, value] of Object.entries(attributes)) {
    const clean = cleanAttribute(name, cleanText(value), base);
    if (clean !== undefined) attribs[name] = clean;
  }
  return { tagName: Object.hasOwn(RENAMED, tagName) ? (RENAMED[tagName] as string) : tagName, attribs };
}

function cleanAttribute(name: string, value: string, base: string): string | undefined {
  if (name === "href") return resolve(value, base, LINK_SCHEMES);
  if (name === "src" || name === "cite") return resolve(value, base, MEDIA_SCHEMES);
  if (name === "srcset") return cleanSrcset(value, base);
  if (name === "reversed") return name;
  return value;
}

/** The address as a browser would understand it, if it may stand there. */
function resolve(value: string, base: string, schemes: string[]): string | undefined {
  const url = URL.parse(value, base);
  return url !== null && schemes.includes(url.protocol.slice(0, -1)) ? url.href : undefined;
}

/** https://html.spec.whatwg.org/multipage/images.html#parse-a-srcset-attribute; a wrong candidate is left out. */
function cleanSrcset(value: string, base: string): string | undefined {
  const clean: string[] = [];
  // Sticky, so that the time stays in proportion to the length.
  const candidate = /[\s,]*(\S+)/y;
  const descriptor = /\s*([^,]*)/y;
  for (let found = candidate.exec(value); found !== null; found = candidate.exec(value)) {
    const [, address = ""] = found;
    let size = "";
    if (!address.endsWith(",")) {
      descriptor.lastIndex = candidate.lastIndex;
      size = descriptor.exec(value)?.[1]?.trim() ?? "";
      candidate.lastIndex = descriptor.lastIndex;
    }
    const url = resolve(withoutCommas(address), base, MEDIA_SCHEMES);
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

/**
 * NFC takes a `>` and a solidus that follows it for one character (U+226F): a text must not begin with one, or
 * whoever normalises the whole document breaks the tag before it.
 */
function textFilter(text: string): string {
  const clean = cleanText(text);
  return clean.replace(/^\u0338+/, (marks) => "&#x338;".repeat(marks.length));
}

/** An image whose address had to go. */
function isEmptyImage(tag: string, { src, srcset }: Attributes): boolean {
  return (
    (tag === "img" && src === undefined && srcset === undefined) || (tag === "source" && srcset === undefined)
  );
}
