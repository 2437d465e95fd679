import {
  ALLOWED_ELEMENTS,
  BLOCKS,
  MATH,
  MATH_TOKENS,
  RAW_TEXT,
  REMOVED_WITH_CONTENT,
  RENAMED,
} from "./html-allowlist.ts";
import { isEmbed } from "./html-embeds.ts";

/** What becomes of an element; `through`: it goes, its content stays. */
export type Role = "element" | "through" | "noscript" | "raw" | "removed" | "embed";

const ROLES = new Map<string, Role>([
  ...Object.keys(ALLOWED_ELEMENTS).map((name): [string, Role] => [name, "element"]),
  ...Object.keys(RENAMED).map((name): [string, Role] => [name, "element"]),
  ...REMOVED_WITH_CONTENT.map((name): [string, Role] => [name, "removed"]),
  ...RAW_TEXT.map((name): [string, Role] => [name, "raw"]),
  ["noscript", "noscript"],
  ["amp-img", "element"],
  ["amp-anim", "element"],
]);

/** What an element is called in a clean body. */
const TAGS = new Map(Object.entries({ ...RENAMED, "amp-img": "img", "amp-anim": "img" }));
const TOKENS = new Set(MATH_TOKENS);
const LINES = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dt"]);

/** Whether an element holds words, no figures. */
export const isLine = (tag: string) => LINES.has(tag) || !BLOCKS.has(tag);

/** Elements whose end tag HTML lets everybody leave out. */
export const OPEN_ENDED = new Set(["p", "li", "dt", "dd", "tr", "td", "th"]);

export const tagOf = (element: string) => TAGS.get(element) ?? element;

/** JATS and Word write MathML with a prefix. */
export const localName = (name: string) => (name.includes(":") ? name.replace(/^(?:m|mml):/, "") : name);

export const isToken = (element: string) => TOKENS.has(element);

/** MathML stays inside of `math` and HTML outside: where they mix, no two parsers agree (mutation XSS). */
export function roleOf(element: string, isInMath: boolean, isInToken: boolean): Role {
  const role = ROLES.get(element) ?? (isEmbed(element) ? "embed" : "through");
  if (role === "raw" || role === "removed") return role;
  if (isInMath) {
    if (role === "embed") return "removed";
    return MATH.has(element) && element !== "math" && !isInToken ? "element" : "through";
  }
  return MATH.has(element) && element !== "math" ? "through" : role;
}
