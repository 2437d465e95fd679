import { DOCUMENT_CACHE, type Format } from "../../src/render/format.ts";

/** A format that the wire does not have: a line for each story. It is the one file that a new format takes. */
export const plainText: Format = {
  name: "text",
  title: "Text",
  file: "feed.txt",
  segment: "feed.txt",
  contentType: "text/plain; charset=utf-8",
  storedType: "text/plain; charset=utf-8",
  cacheControl: DOCUMENT_CACHE,
  entry: ({ headline, url }) => ({ text: [`${headline} ${url}`], prefixes: [] }),
  stub: ({ title, text }) => ({ text: [`${title}: ${text}`], prefixes: [] }),
  head: ({ title }) => `${title}\n\n`,
  separator: "\n",
  tail: () => "\n",
};
