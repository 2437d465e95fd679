import type { Kind } from "../core/fields.ts";
import { readInstant } from "../core/instant.ts";
import { cleanLine, cleanParagraph } from "../core/text.ts";
import { resolved } from "./addresses.ts";
import { plainText } from "./plain-text.ts";
import { isObject, type Shape } from "./shape.ts";

/** What the check of a value depends on in addition to the value. */
export type Surroundings = {
  /** The address of the article as it was sent: relative ones are relative to it. */
  base: unknown;
  /** IANA name, for dates without an offset. */
  timeZone: string | undefined;
  /** Where in the record the value stands. */
  path: readonly (string | number)[];
};

/** A value with one meaning in its field, mended; undefined says nothing. `detail`: what the newsroom should know. */
export type Mended = { value: unknown; detail?: string };

type Mend = (value: unknown, surroundings: Surroundings) => Mended;

/** Fields in which systems wrap a text or an address. */
const WRAPPERS = ["name", "text", "value", "rendered", "url", "href"];

/** What systems send for true and false. */
const BOOLEANS = new Map(
  Object.entries({ true: true, "1": true, yes: true, false: false, "0": false, no: false }),
);

const MENDS: Record<Kind, Mend> = {
  line: (value) => mendPlainText(value, cleanLine),
  paragraph: (value) => mendPlainText(value, cleanParagraph),
  exact: (value) => ({ value: textOf(value) }),
  id: (value) => ({ value: textOf(value) }),
  html: mendHtml,
  url: (value, { base }) => ({ value: onText(value, (text) => resolved(text, base)) }),
  instant: mendInstant,
  language: (value) => ({ value: textOf(value) }),
  email: (value) => ({ value: onText(value, (text) => text.trim().replace(/^mailto:/i, "")) }),
  "media-type": (value) => ({ value: onText(value, (text) => text.trim()) }),
  count: (value) => ({ value: countOf(value) }),
  person: (value) => ({ value }),
  keyword: (value) => mendPlainText(value, cleanLine),
};

/** Mends a value that is neither a list nor an object of the record, where it has one meaning; else it stays. */
export function mendValue(shape: Shape, value: unknown, surroundings: Surroundings): Mended {
  const single = Array.isArray(value) && value.length === 1 && shape.takes !== "html" ? value[0] : value;
  if (shape.takes !== undefined) return MENDS[shape.takes](single, surroundings);
  if (shape.type === "number") return { value: numberOf(single) };
  if (shape.type === "boolean") return { value: booleanOf(single) ?? single };
  if (shape.type === "picklist" || shape.type === "literal") return { value: onText(single, wordOf) };
  return { value: single };
}

/** Other spellings of words that a field chooses from. */
const SPELLINGS = new Map([["organization", "organisation"]]);

function wordOf(text: string): string {
  const word = text.trim().toLowerCase();
  return SPELLINGS.get(word) ?? word;
}

export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  return BOOLEANS.get(String(value).trim().toLowerCase());
}

/** A number as text, and the text of an object that holds it: `{rendered: "…"}`. */
function textOf(value: unknown): unknown {
  if (typeof value === "number" && Number.isFinite(value)) {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? value : String(value);
  }
  if (!isObject(value)) return value;
  return (
    WRAPPERS.map((name) => (Object.hasOwn(value, name) ? value[name] : undefined)).find(
      (text) => typeof text === "string",
    ) ?? value
  );
}

function onText(value: unknown, mend: (text: string) => string): unknown {
  const text = textOf(value);
  return typeof text === "string" ? mend(text) : text;
}

function mendPlainText(value: unknown, clean: (text: string) => string): Mended {
  const text = textOf(value);
  if (typeof text !== "string") return { value: text };
  const read = plainText(text, clean);
  return { value: read.text, ...(read.detail === undefined ? {} : { detail: read.detail }) };
}

/** Several texts are paragraphs. */
function mendHtml(value: unknown): Mended {
  if (!Array.isArray(value)) return { value: textOf(value) };
  const parts = value.map(textOf).filter((part) => part !== null && part !== "");
  if (!parts.every((part) => typeof part === "string")) return { value };
  return {
    value: parts
      .map((part) => (/^\s*<(?!a[\s>]|[biqsu]>|em>|strong>)/i.test(part) ? part : `<p>${part}</p>`))
      .join("\n"),
  };
}

function mendInstant(value: unknown, { timeZone, path }: Surroundings): Mended {
  const text = textOf(value);
  if (text === false) return { value: undefined };
  if (typeof text !== "string" || timeZone === undefined) return { value: text };
  // Nothing may be seen before its time.
  const read = readInstant(text, timeZone, path.at(-1) === "embargo");
  return "wrong" in read
    ? { value: text }
    : { value: read.instant, ...(read.detail && { detail: read.detail }) };
}

/** A number of pixels or bytes; none at all says nothing. */
function countOf(value: unknown): unknown {
  const number = numberOf(typeof value === "string" ? value.replace(/\s*px\s*$/i, "") : value);
  return number === 0 ? undefined : number;
}

function numberOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return /^[+-]?\d{1,20}(?:\.\d{1,20})?$/.test(value.trim()) ? Number(value) : value;
}
