import * as v from "valibot";
import {
  author,
  breaking,
  type CHANGE_KINDS,
  change,
  correction,
  EmbedSchema,
  MediaSchema,
  note,
  optional,
  place,
  type rendition,
  rights,
  tag,
} from "./article-parts.ts";
import {
  as,
  count,
  dateTime,
  html,
  id,
  identifier,
  instant,
  keyword,
  languageTag,
  line,
  list,
  name,
  object,
  paragraph,
  url,
} from "./fields.ts";
import type { BreakingLevel } from "./levels.ts";
import * as limit from "./limits.ts";

/*
 * The article record: one source for the TypeScript type, the check at the door and the published JSON Schema.
 * reference.ts beside this file says what each field is for.
 * What comes out of the schema is clean: text in NFC, absolute URLs, UTC instants, tags as objects, keys in this order.
 * src/validate/ makes normal form of it, in which two records with the same content are the same JSON.
 */

export { ARTICLE_ID } from "./article-id.ts";
export { CHANGE_KINDS, EmbedSchema, MediaSchema } from "./article-parts.ts";

const headline = line(limit.MAX_HEADLINE);
const guid = identifier(limit.MAX_URL);
const revision = v.pipe(count, v.maxValue(limit.MAX_REVISION, `must be at most ${limit.MAX_REVISION}`));

/** IPTC: 1 is the most urgent. */
const urgency = v.pipe(
  as("count", v.number()),
  v.integer("must be a whole number"),
  v.minValue(1, "must be from 1 to 9"),
  v.maxValue(9, "must be from 1 to 9"),
);

const dated = dateTime(`At most ${limit.MAX_AHEAD_MS / limit.DAY_MS} days ahead of the time of sending.`);

/** The record as a newsroom sends it. Cross-field rules and HTML are in src/validate/. */
export const ArticleSchema = object({
  id,
  guid: optional(guid),
  url,
  headline,
  shortHeadline: optional(headline),
  summary: optional(note),
  dateline: optional(name),
  body: optional(html),
  language: optional(languageTag),
  section: optional(name),
  sections: optional(list(name, limit.MAX_SECTIONS)),
  tags: optional(list(tag, limit.MAX_TAGS)),
  keywords: optional(list(keyword, limit.MAX_KEYWORDS)),
  genre: optional(list(name, limit.MAX_GENRES)),
  places: optional(list(place, limit.MAX_PLACES)),
  authors: optional(list(author, limit.MAX_AUTHORS)),
  published: dated,
  updated: optional(dated),
  revision: optional(revision),
  breaking: optional(breaking),
  urgency: optional(urgency),
  change: optional(change),
  /** Another name for `change`, for newsrooms whose CMS calls it so. */
  label: optional(change),
  corrections: optional(list(correction, limit.MAX_CORRECTIONS)),
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

const words = { reason: optional(note), notice: optional(paragraph(limit.MAX_NOTICE)) };

/** A record whose status is withdrawn: the content may be left out, since it is not kept. */
export const WithdrawnSchema = object({
  ...content,
  url: optional(url),
  headline: optional(headline),
  ...words,
  status: v.literal("withdrawn"),
});

/** What a request to withdraw may say. */
export const ReasonSchema = object(words);

/** What the schema makes of a record. */
export type Checked = v.InferOutput<typeof ArticleSchema>;
export type CheckedWithdrawal = v.InferOutput<typeof WithdrawnSchema>;

/** What a newsroom may send. */
export type ArticleInput = v.InferInput<typeof ArticleSchema>;

export type Media = v.InferOutput<typeof MediaSchema>;
export type Rendition = v.InferOutput<typeof rendition>;
export type Tag = v.InferOutput<typeof tag>;
export type Author = v.InferOutput<typeof author>;
export type Breaking = { level: BreakingLevel; until?: string };
export type Change = { kind: (typeof CHANGE_KINDS)[number]; note?: string };
export type Correction = v.InferOutput<typeof correction>;

/** A live article in normal form. `guid` and `updated` are always there. */
export type Published = Omit<Checked, "guid" | "updated" | "breaking" | "change" | "label" | "status"> & {
  guid: string;
  updated: string;
  breaking?: Breaking;
  change?: Change;
  status: "published";
};

/** What a newsroom says of a withdrawal. `reason` is for the newsroom alone; `notice` is what the public is told. */
export type WithdrawalWords = { reason?: string; notice?: string };

/** What is left of a killed article: enough to tell every consumer, nothing of the content. */
export type Withdrawn = WithdrawalWords & {
  id: string;
  guid: string;
  published: string;
  updated: string;
  revision?: number;
  status: "withdrawn";
};

export type Article = Published | Withdrawn;

/** A checked record on its way in: `guid` only where the newsroom sent one. */
export type Incoming =
  | (Omit<Published, "guid"> & { guid?: string })
  | (Omit<Withdrawn, "guid"> & { guid?: string });
