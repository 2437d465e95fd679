import { cleanText } from "../core/text.ts";
import { ALLOWED_ELEMENTS, EVERYWHERE, LINK_TYPES } from "./html-allowlist.ts";
import type { Addresses } from "./html-urls.ts";

type Attributes = Record<string, string>;

const ALLOWED = new Map(
  Object.entries(ALLOWED_ELEMENTS).map(([element, own]) => [element, new Set([...EVERYWHERE, ...own])]),
);

/** Those of the attributes that the element may have, with clean text and absolute addresses. */
export function cleanAttributes(element: string, attributes: Attributes, addresses: Addresses): Attributes {
  const allowed = ALLOWED.get(element);
  const clean: Attributes = {};
  for (const name in attributes) {
    if (!allowed?.has(name)) continue;
    const value = cleanAttribute(name, cleanText(attributes[name] as string), addresses);
    // An attribute without a value says nothing, but for alt="".
    if (value !== undefined && (value !== "" || name === "alt")) clean[name] = value;
  }
  return clean;
}

function cleanAttribute(name: string, value: string, addresses: Addresses): string | undefined {
  if (name === "href") return addresses.link(value);
  if (name === "src" || name === "cite") return addresses.media(value);
  if (name === "srcset") return addresses.srcset(value);
  if (name === "rel") return cleanRel(value);
  if (name === "reversed") return name;
  return value;
}

function cleanRel(value: string): string {
  const words = new Set(value.toLowerCase().split(/\s+/));
  return [...words].filter((word) => LINK_TYPES.includes(word)).join(" ");
}
