import sanitize from "sanitize-html";
import { cleanText } from "../core/text.ts";
import {
  ALLOWED_ATTRIBUTES,
  ALLOWED_ELEMENTS,
  BLOCKS,
  EVERYWHERE,
  LINK_SCHEMES,
  MATH,
  MEDIA_SCHEMES,
  RAW_TEXT,
  VOID,
} from "./html-allowlist.ts";
import { textFilter } from "./html-text.ts";

const COMMON = ["p", "a", "em", "strong", "li", "td", "img", "h2", "figure", "figcaption", "br"];

/** The last word on every body: nothing leaves that the library does not let through as it is. */
const GATE: sanitize.IOptions = {
  // The library looks for each tag from the start of the list, several times.
  allowedTags: [...COMMON, ...Object.keys(ALLOWED_ELEMENTS)],
  allowedAttributes: ALLOWED_ATTRIBUTES,
  nonTextTags: RAW_TEXT,
  selfClosing: VOID,
  allowedSchemes: LINK_SCHEMES,
  allowedSchemesByTag: { img: MEDIA_SCHEMES, srcset: MEDIA_SCHEMES },
  allowProtocolRelative: false,
  parseStyleAttributes: false,
  parser: { recognizeSelfClosing: true },
  nonBooleanAttributes: ["*"],
  textFilter,
};

/** The body as the library lets it through. */
export function throughGate(html: string): string {
  return sanitize(html, GATE).trim();
}

/** Without formulas, which parsers read by rules of their own. */
const PLAIN = new Map(
  Object.entries(ALLOWED_ELEMENTS)
    .filter(([element]) => !MATH.has(element))
    .map(([element, own]) => [element, new Set([...EVERYWHERE, ...own])]),
);

const VOIDS = new Set(VOID);

/** In which elements alone these may stand. Elsewhere a parser may close what is open before them. */
const PARENTS: Record<string, readonly string[]> = {
  ...{ caption: ["table"], colgroup: ["table"], col: ["colgroup"] },
  ...{ thead: ["table"], tbody: ["table"], tfoot: ["table"], tr: ["table", "thead", "tbody", "tfoot"] },
  ...{ th: ["tr"], td: ["tr"], li: ["ul", "ol"], dt: ["dl"], dd: ["dl"], rt: ["ruby"], rp: ["ruby"] },
};

/** A tag as the library writes it, or a piece of text in which nothing is to be escaped. */
const PART = /<(\/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)( \/)?>|[^<>&]+|&(?:amp|lt|gt);/y;
const ATTRIBUTE = / ([a-z]+)="([^"]*)"/g;
/** A reference that the library would write in another way into an attribute. */
const OTHER_REFERENCE = /&(?!(?:amp|lt|gt|quot);)/;

/**
 * Whether `throughGate` certainly answers this very text, by one look at it: well-formed, each element and attribute in the list,
 * addresses with a scheme that may stand there, written as the library writes. False says nothing.
 */
export function isThroughGate(html: string): boolean {
  // Such a mark may have to be escaped at the beginning of a text.
  if (html.includes("\u0338") || html.trim() !== html || cleanText(html) !== html) return false;
  const open: string[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < html.length) {
    const part = PART.exec(html);
    if (part === null) return false;
    const [, slash, name, attributes = "", end] = part;
    if (name === undefined) continue;
    if (slash === "/") {
      if (attributes !== "" || end !== undefined || open.pop() !== name) return false;
    } else {
      if (!mayOpen(name, open.at(-1)) || !haveLeave(name, attributes)) return false;
      if (VOIDS.has(name) !== (end !== undefined)) return false;
      if (end === undefined) open.push(name);
    }
  }
  return open.length === 0;
}

/** Whether no parser closes `parent` because this element begins. */
function mayOpen(name: string, parent: string | undefined): boolean {
  if (!PLAIN.has(name)) return false;
  if (parent === "p" && BLOCKS.has(name)) return false;
  const parents = PARENTS[name];
  return parents === undefined || (parent !== undefined && parents.includes(parent));
}

function haveLeave(element: string, attributes: string): boolean {
  const seen = new Set<string>();
  for (const [, name = "", value = ""] of attributes.matchAll(ATTRIBUTE)) {
    if (seen.has(name) || !PLAIN.get(element)?.has(name) || !hasLeave(name, value)) return false;
    seen.add(name);
  }
  return true;
}

function hasLeave(name: string, value: string): boolean {
  if (value === "") return name === "alt";
  if (OTHER_REFERENCE.test(value)) return false;
  if (name === "href") return /^(?:https?:\/\/|mailto:|tel:)[\x21-\x7e]+$/.test(value);
  if (name === "src" || name === "cite") return /^https?:\/\/[\x21-\x7e]+$/.test(value);
  // The library takes the addresses of srcset apart by rules of its own.
  return name !== "srcset";
}
