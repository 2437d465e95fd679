import { cleanText } from "../core/text.ts";
import { uriOf } from "../core/url.ts";

/**
 * A copy of a record, or of a part of a record, with all text clean and every address (`url`, `scheme`) absolute. The
 * door accepts only such records, but somebody may edit a record in the store by hand, and that record must not break a
 * document. Throws when an address is invalid, or runs or holds what it leads to.
 */
export function clean<T>(record: T): T {
  return cleanPart("", record) as T;
}

function cleanPart(key: string, part: unknown): unknown {
  if (typeof part === "string") {
    return key === "url" || key === "scheme" ? harmless(uriOf(part)) : cleanText(part);
  }
  if (Array.isArray(part)) return part.map((item) => cleanPart("", item));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, cleanPart(name, value)]));
}

function harmless(uri: string): string {
  if (/^(?:javascript|vbscript|data):/i.test(uri))
    throw new TypeError(`no address of a page: ${uri.slice(0, 80)}`);
  return uri;
}
