import { EXTENSION_FIELDS } from "../../core/extension.ts";
import { isObject, listIn, type Members, textIn } from "../json.ts";
import type { Entry } from "./entry.ts";

/** The block of changes that a wire puts before the content of an article: it makes the block again. */
const CHANGES = /^<div class="flashwire-changes"[^>]*>[\s\S]*?<\/div>/;

/** In bodies, which a wire has cleaned, an element without content ends in ` />`; in the figures that it makes, in `/>`. */
const MADE = /<img [^>]*[^ ]\/>/;

/** What an entry of a wire says of its article beyond JSON Feed, as fields of a record. */
export function extensionFields({ extension = {}, content, tags }: Entry): Members {
  const fields: Members = {};
  for (const [member, field] of Object.entries(EXTENSION_FIELDS)) {
    if (extension[member] !== undefined) fields[field] = extension[member];
  }
  if (Array.isArray(extension.media)) fields.media = extension.media.filter(isObject).map(mediumOf);
  if (content !== undefined) fields.body = bodyOf(content);
  const names = ownTags(
    tags.map(({ name }) => name),
    extension,
  );
  fields.tags = extension.tags ?? (names.length === 0 ? undefined : names);
  return fields;
}

/** The content without what the wire puts around the body, and makes again: the block of changes, and figures of media. */
function bodyOf(content: string): string {
  let body = content.replace(CHANGES, "");
  for (;;) {
    const end = body.indexOf(FIGURE_END) + FIGURE_END.length;
    if (!body.startsWith(FIGURE) || end < FIGURE_END.length || !MADE.test(body.slice(0, end))) break;
    body = body.slice(end);
  }
  for (;;) {
    const start = body.lastIndexOf(FIGURE);
    if (!body.endsWith(FIGURE_END) || start < 0 || !MADE.test(body.slice(start))) return body;
    body = body.slice(0, start);
  }
}

const FIGURE = "<figure>";
const FIGURE_END = "</figure>";

/** JSON Feed has one list for everything: signals first, then sections and tags, and keywords at the end. */
function ownTags(names: string[], extension: Members): string[] {
  const signals = ["breaking", "change"].filter((member) => extension[member] !== undefined).length;
  const others = new Set(
    [textIn(extension.section), ...listIn(extension.sections), ...listIn(extension.keywords)].filter(Boolean),
  );
  return names.slice(signals).filter((name) => !others.has(name));
}

function mediumOf({ credit_role, focal_point, ...medium }: Members): Members {
  return {
    ...medium,
    ...(credit_role === undefined ? {} : { creditRole: credit_role }),
    ...(focal_point === undefined ? {} : { focalPoint: focal_point }),
  };
}
