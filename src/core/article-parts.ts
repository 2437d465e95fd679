import * as v from "valibot";
import {
  as,
  between,
  count,
  email,
  instant,
  line,
  list,
  mediaType,
  name,
  object,
  paragraph,
  url,
  wordsOrUrl,
} from "./fields.ts";
import { BREAKING_LEVELS } from "./levels.ts";
import * as limit from "./limits.ts";
import { recordUsage } from "./usage.ts";

/*
 * The parts of an article record: what is more than a text, a date or an address. article.ts puts them together.
 */

export const optional = v.exactOptional;
export const note = paragraph(limit.MAX_PARAGRAPH);

/** What a revision may be. The first two are editorial signals of IPTC, which has none for a clarification. */
export const CHANGE_KINDS = ["update", "correction", "clarification"] as const;

/** What a tag names. */
export const TAG_TYPES = ["person", "organisation", "place", "event", "topic"] as const;

const level = v.picklist(BREAKING_LEVELS, "must be flash, bulletin or urgent");

export const breaking = v.pipe(
  v.union(
    [v.boolean(), object({ level, until: optional(instant) })],
    "must be true, false or {level, until?} with level flash, bulletin or urgent",
  ),
  v.transform((value) => (value === true ? { level: "urgent" as const } : value)),
);

const changeKind = v.picklist(CHANGE_KINDS, "must be update, correction or clarification");

export const change = v.pipe(
  v.union(
    [changeKind, object({ kind: changeKind, note: optional(note) })],
    "must be update, correction, clarification or {kind, note?}",
  ),
  v.transform((value) => (typeof value === "string" ? { kind: value } : value)),
);

/** One change of the history. `at`: when readers were told of it. */
export const correction = object({ kind: changeKind, note: optional(note), at: instant });

const tagType = v.picklist(TAG_TYPES, `must be one of ${TAG_TYPES.join(", ")}`);

export const tag = v.pipe(
  v.union(
    [
      name,
      object({
        name,
        type: optional(tagType),
        scheme: optional(url),
        code: optional(name),
        url: optional(url),
      }),
    ],
    "must be a name or {name, type?, scheme?, code?, url?}",
  ),
  v.transform((value) => (typeof value === "string" ? { name: value } : value)),
);

export const place = object({ name, lat: optional(between(-90, 90)), lon: optional(between(-180, 180)) });

export const author = as("person", object({ name, email: optional(email), url: optional(url) }));

/** A size or a crop of a picture, or another encoding of a film. */
export const rendition = object({
  url,
  type: mediaType,
  width: optional(count),
  height: optional(count),
  bytes: optional(count),
});

export const MediaSchema = object({
  url,
  type: mediaType,
  width: optional(count),
  height: optional(count),
  bytes: optional(count),
  alt: optional(note),
  caption: optional(note),
  credit: optional(name),
  creditRole: optional(name),
  role: optional(v.picklist(["lead", "inline"], "must be lead or inline")),
  focalPoint: optional(object({ x: between(0, 1), y: between(0, 1) })),
  syndicate: optional(v.boolean()),
  renditions: optional(list(rendition, limit.MAX_RENDITIONS)),
});

/** Something of another page that the body shows; a link stands for it there. */
export const EmbedSchema = object({
  url,
  provider: optional(name),
  title: optional(line(limit.MAX_HEADLINE)),
  poster: optional(url),
});

export const rights = object({
  holder: optional(name),
  notice: optional(note),
  terms: optional(note),
  license: optional(wordsOrUrl),
  usage: optional(recordUsage),
});
