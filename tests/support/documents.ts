import { documentKey as keyOf } from "../../src/core/keys.ts";
import { FORMATS } from "../../src/render/formats.ts";
import type { Rendered } from "../../src/render/renderer.ts";

/** The formats of today by name, for tests that read the documents with a parser of each format. */

export type FormatName = "rss" | "atom" | "json";

export const FORMAT_NAMES = FORMATS.map(({ name }) => name) as FormatName[];

export const DOCUMENT_FILES = Object.fromEntries(FORMATS.map(({ name, file }) => [name, file])) as Record<
  FormatName,
  string
>;

export type Documents = Record<FormatName, Uint8Array>;

export const documentKey = (feed: string, format: FormatName) => keyOf(feed, DOCUMENT_FILES[format]);

export function byFormat(rendered: Rendered[]): Documents {
  return Object.fromEntries(rendered.map(({ output, body }) => [output.from.format.name, body])) as Documents;
}
