import { documentKey as keyOf } from "../../src/core/keys.ts";
import { FORMATS } from "../../src/render/formats.ts";
import type { Rendered } from "../../src/render/renderer.ts";

/** The formats of today by name. `FORMAT_NAMES`: those that programs read, for tests that have a parser of each. */

export type FormatName = "rss" | "atom" | "json";

export const FORMAT_NAMES = FORMATS.filter(({ forPeople }) => !forPeople).map(
  ({ name }) => name,
) as FormatName[];

/** Every document of a feed, the page for people with the others. */
export const DOCUMENT_NAMES = FORMATS.map(({ name }) => name) as (FormatName | "page")[];

export const DOCUMENT_FILES = Object.fromEntries(FORMATS.map(({ name, file }) => [name, file])) as Record<
  FormatName | "page",
  string
>;

export type Documents = Record<FormatName | "page", Uint8Array>;

export const documentKey = (feed: string, format: FormatName | "page") => keyOf(feed, DOCUMENT_FILES[format]);

export function byFormat(rendered: Rendered[]): Documents {
  return Object.fromEntries(rendered.map(({ output, body }) => [output.from.format.name, body])) as Documents;
}
