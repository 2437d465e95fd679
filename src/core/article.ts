import * as v from "valibot";
import {
  as,
  between,
  count,
  dateTime,
  email,
  html,
  id,
  identifier,
  instant,
  languageTag,
  line,
  list,
  mediaType,
  name,
  object,
  paragraph,
  url,
  wordsOrUrl,
} from "./fields.ts";
import * as limit from "./limits.ts";

/*
 * The article record: one source for the TypeScript type, the check at the door and the published JSON Schema.
 * reference.ts beside this file says what each field is for.
 * What comes out of the schema is clean: text in NFC, absolute URLs, UTC instants, tags as objects, keys in this order.
 * src/validate/ makes normal form of it, in which two records with the same content are the same JSON.
 */

export { ARTICLE_ID } from "./article-id.ts";

const optional = v.exactOptional;
const note = paragraph(limit.MAX_PARAGRAPH);

/** Strongest first. `true` in a record means the weakest. */
export const BREAKING_LEVELS = ["flash", "bulletin", "urgent"] as const;
/** IPTC editorial signals that a revision may carry. */
export const CHANGE_KINDS = ["update", "correction", "clarification"] as const;

const level = v.picklist(BREAKING_LEVELS, "must be flash, bulletin or urgent");

const breaking = v.pipe(
  v.union(
    [v.boolean(), object({ level, until: optional(instant) })],
    "must be true, false or {level, until?} with level flash, bulletin or urgent",
  ),
  v.transform((value) => (value === true ? { level: "urgent" as const } : value)),
);

const changeKind = v.picklist(CHANGE_KINDS, "must be update, correction or clarification");

const change = v.pipe(
  v.union(
    [changeKind, object({ kind: changeKind, note: optional(note) })],
    "must be update, correction, clarification or {kind, note?}",
  ),
  v.transform((value) => (typeof value === "string" ? { kind: value } : value)),
);

const tag = v.pipe(
  v.union(
    [name, object({ name, scheme: optional(url), code: optional(name) })],
    "must be a name or {name, scheme?, code?}",
  ),
  v.transform((value) => (typeof value === "string" ? { name: value } : value)),
);

const place = object({ name, lat: optional(between(-90, 90)), lon: optional(between(-180, 180)) });

const author = as("person", object({ name, email: optional(email), url: optional(url) }));

export const MediaSchema = object({
  url,
  type: mediaType,
  width: optional(count),
  height: optional(count),
  bytes: optional(count),
  alt: optional(note),
  caption: optional(note),
  credit: optional(name),
  role: optional(v.picklist(["lead", "inline"], "must be lead or inline")),
  focalPoint: optional(object({ x: between(0, 1), y: between(0, 1) })),
  syndicate: optional(v.boolean()),
});

/** Something of another page that the body shows; a link stands for it there. */
export const EmbedSchema = object({
  url,
  provider: optional(name),
  title: optional(line(limit.MAX_HEADLINE)),
  poster: optional(url),
});

const rights = object({
  holder: optional(name),
  notice: optional(note),
  terms: optional(note),
  license: optional(wordsOrUrl),
});

const headline = line(limit.MAX_HEADLINE);
const guid = identifier(limit.MAX_URL);
const revision = v.pipe(count, v.maxValue(limit.MAX_REVISION, `must be at most ${limit.MAX_REVISION}`));

const dated = dateTime(`At most ${limit.MAX_AHEAD_MS / 3_600_000} hours ahead of the time of sending.`);

/** The record as a newsroom sends it. Cross-field rules and HTML are in src/validate/. */
export const ArticleSchema = object({
  id,
  guid: optional(guid),
  url,
  headline,
  shortHeadline: optional(headline),
  summary: optional(note),
  body: optional(html),
  language: optional(languageTag),
  section: optional(name),
  sections: optional(list(name, limit.MAX_SECTIONS)),
  tags: optional(list(tag, limit.MAX_TAGS)),
  places: optional(list(place, limit.MAX_PLACES)),
  authors: optional(list(author, limit.MAX_AUTHORS)),
  published: dated,
  updated: optional(dated),
  revision: optional(revision),
  breaking: optional(breaking),
  change: optional(change),
  /** Another name for `change`, for newsrooms whose CMS calls it so. */
  label: optional(change),
  media: optional(list(MediaSchema, limit.MAX_MEDIA)),
  embeds: optional(list(EmbedSchema, limit.MAX_MEDIA)),
  source: optional(object({ name, url: optional(url) })),
  rights: optional(rights),
  related: optional(list(object({ url, title: headline }), limit.MAX_RELATED)),
  embargo: optional(instant),
  expires: optional(instant),
  status: optional(v.picklist(["published", "withdrawn"], "must be published or withdrawn")),
});

const { status: _, ...content } = ArticleSchema.entries;

/** A record whose status is withdrawn: the content may be left out, since it is not kept. */
export const WithdrawnSchema = object({
  ...content,
  url: optional(url),
  headline: optional(headline),
  reason: optional(note),
  status: v.literal("withdrawn"),
});

/** What a request to withdraw may say. */
export const ReasonSchema = object({ reason: optional(note) });

/** What the schema makes of a record. */
export type Checked = v.InferOutput<typeof ArticleSchema>;
export type CheckedWithdrawal = v.InferOutput<typeof WithdrawnSchema>;

/** What a newsroom may send. */
export type ArticleInput = v.InferInput<typeof ArticleSchema>;

export type Media = v.InferOutput<typeof MediaSchema>;
export type Tag = v.InferOutput<typeof tag>;
export type Author = v.InferOutput<typeof author>;
export type Breaking = { level: (typeof BREAKING_LEVELS)[number]; until?: string };
export type Change = { kind: (typeof CHANGE_KINDS)[number]; note?: string };

/** A live article in normal form. `guid` and `updated` are always there. */
export type Published = Omit<Checked, "guid" | "updated" | "breaking" | "change" | "label" | "status"> & {
  guid: string;
  updated: string;
  breaking?: Breaking;
  change?: Change;
  status: "published";
};

/** What is left of a killed article: enough to tell every consumer, nothing of the content. */
export type Withdrawn = {
  id: string;
  guid: string;
  published: string;
  updated: string;
  revision?: number;
  reason?: string;
  status: "withdrawn";
};

export type Article = Published | Withdrawn;

/** A checked record on its way in: `guid` only where the newsroom sent one. */
export type Incoming =
  | (Omit<Published, "guid"> & { guid?: string })
  | (Omit<Withdrawn, "guid"> & { guid?: string });
