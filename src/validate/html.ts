import sanitize from "sanitize-html";
import { FlashwireError } from "../core/errors.ts";
import { MAX_BODY } from "../core/limits.ts";
import { cleanText } from "../core/text.ts";
import {
  ALLOWED_ATTRIBUTES,
  ALLOWED_ELEMENTS,
  EVERYWHERE,
  LINK_SCHEMES,
  MEDIA_SCHEMES,
  RAW_TEXT,
  REMOVED_WITH_CONTENT,
  RENAMED,
} from "./html-allowlist.ts";
import { type Addresses, addressesOf, tooLong } from "./html-urls.ts";
import { MAX_HTML_DEPTH, MAX_HTML_PASSES } from "./limits.ts";

type Attributes = Record<string, string>;

/** Elements that have no end tag. */
const VOID = ["br", "col", "hr", "img", "source", "wbr"];

const ELEMENTS = Object.keys(ALLOWED_ELEMENTS);
const REMOVED = new Set(REMOVED_WITH_CONTENT);

/**
 * HTML reduced to the allow-list, with every tag closed, its addresses made absolute against `base` and its text clean.
 * Cleaning the answer again changes nothing: it is cleaned until it stays as it is, since a dropped tag may change how
 * what surrounds it is read. Throws `invalid` for HTML that nests too deep, becomes too long, has too many links or does
 * not come to rest.
 */
export function cleanHtml(html: string, base: string): string {
  let current = html;
  for (let pass = 0; pass < MAX_HTML_PASSES; pass++) {
    const next = cleanOnce(current, addressesOf(base));
    if (next.length > MAX_BODY) throw tooLong();
    if (next === current) return next;
    current = next;
  }
  throw new FlashwireError("invalid", "must be HTML whose tags close where they were opened");
}

function cleanOnce(html: string, addresses: Addresses): string {
  let depth = 0;
  let hasEndTag = false;
  const cleaned = sanitize(html, {
    allowedTags: ELEMENTS,
    allowedAttributes: ALLOWED_ATTRIBUTES,
    nonTextTags: RAW_TEXT,
    selfClosing: VOID,
    allowedSchemes: LINK_SCHEMES,
    allowedSchemesByTag: { img: MEDIA_SCHEMES, srcset: MEDIA_SCHEMES },
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    // Newsrooms write XHTML too. What a browser would make of <p/> does not matter: it gets <p></p>.
    parser: { recognizeSelfClosing: true },
    // An attribute without a value says nothing, but for alt="".
    nonBooleanAttributes: ["*"],
    transformTags: { "*": (tagName, attributes) => transform(tagName, attributes, addresses) },
    textFilter,
    exclusiveFilter: ({ tag, attribs }) => {
      if (!REMOVED.has(tag)) return isEmptyImage(tag, attribs);
      return hasEndTag || "excludeTag";
    },
    onOpenTag: () => {
      if (++depth > MAX_HTML_DEPTH) {
        throw new FlashwireError("invalid", `must not nest elements deeper than ${MAX_HTML_DEPTH}`);
      }
    },
    onCloseTag: (_, isImplied) => {
      depth--;
      hasEndTag = !isImplied;
    },
  });
  return cleaned.trim();
}

function transform(tagName: string, attributes: Attributes, addresses: Addresses): sanitize.Tag {
  // It goes where it ends, when it is known whether it has an end tag.
  if (REMOVED.has(tagName)) {
    addresses.count();
    return { tagName: "span", attribs: {} };
  }
  const attribs: Attributes = {};
  const name = Object.hasOwn(RENAMED, tagName) ? (RENAMED[tagName] as string) : tagName;
  for (const [attribute, value] of Object.entries(attributes)) {
    if (!isAllowed(name, attribute)) continue;
    const clean = cleanAttribute(attribute, cleanText(value), addresses);
    if (clean !== undefined) attribs[attribute] = clean;
  }
  if (isEmptyImage(name, attribs)) addresses.count();
  return { tagName: name, attribs };
}

function isAllowed(element: string, attribute: string): boolean {
  if (EVERYWHERE.includes(attribute)) return true;
  return Object.hasOwn(ALLOWED_ELEMENTS, element) && ALLOWED_ELEMENTS[element]?.includes(attribute) === true;
}

function cleanAttribute(name: string, value: string, addresses: Addresses): string | undefined {
  if (name === "href") return addresses.link(value);
  if (name === "src" || name === "cite") return addresses.media(value);
  if (name === "srcset") return addresses.srcset(value);
  if (name === "reversed") return name;
  return value;
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
