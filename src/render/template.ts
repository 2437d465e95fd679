import { escapeCdata, escapeText } from "./xml.ts";

/*
 * XML templates: markup with a slot for each value. A template is made once for each combination of values that are
 * present. Filling a template escapes every value exactly once.
 */

type Values = Record<string, string | undefined>;

/** Markup and slot names in turn. */
type Template = string[];

const SLOT = /slot:(\w+);/;

/** A slot is valid both as text and as an absolute address. */
const slotOf = (name: string) => `slot:${name};`;

/** The dates that stand for the slots `published` and `updated`. */
export const slotDates = { published: new Date(0), updated: new Date(86_400_000) };

const templates = new Map<string, Template>();

/** Markup of this kind with these clean values, in parts. `make` answers the markup with a slot for each defined value. */
export function fill<T extends Values>(kind: string, values: T, make: (slots: T) => string): string[] {
  const names = Object.keys(values).filter((name) => values[name] !== undefined);
  const shape = `${kind}: ${names}`;
  let template = templates.get(shape);
  if (template === undefined) {
    const slots = Object.fromEntries(names.map((name) => [name, slotOf(name)]));
    template = compile(make(slots as T));
    templates.set(shape, template);
  }
  return template.map((part, i) => (i % 2 === 0 ? part : escaped(part, values[part] as string)));
}

/** HTML goes into a CDATA section, which is shorter; all other text is escaped, which is easier to read. */
function escaped(name: string, text: string): string {
  return name === "content" ? escapeCdata(text) : escapeText(text);
}

function compile(markup: string): Template {
  const compact = markup
    .trim()
    .replace(/>\s+</g, "><")
    .replace(/<!\[CDATA\[(slot:(?!content;)\w+;)\]\]>/g, "$1");
  return Object.entries(slotDates)
    .reduce(
      (xml, [name, date]) =>
        xml.replaceAll(date.toISOString(), slotOf(name)).replaceAll(date.toUTCString(), slotOf(name)),
      compact,
    )
    .split(SLOT);
}
