import { Parser } from "htmlparser2";

/** The namespace of tombstones, https://www.rfc-editor.org/rfc/rfc6721 §2. */
const TOMBSTONES = "http://purl.org/atompub/tombstones/1.0";

/** The ids of `at:deleted-entry` elements, which the library that reads feeds leaves out. */
export function deletedIn(document: string): string[] {
  if (!document.includes(TOMBSTONES)) return [];
  const found: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, { ref }) {
        if (/(?:^|:)deleted-entry$/.test(name) && ref !== undefined) found.push(ref);
      },
    },
    { xmlMode: true },
  );
  parser.end(document);
  return found;
}
