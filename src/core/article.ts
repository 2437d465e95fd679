import * as v from "valibot";
import * as limit from "./limits.ts";
import { cleanLine, cleanText } from "./text.ts";

/*
 * The article record: one source for the TypeScript type, the check at the door and the published JSON Schema.
 * What comes out of the schema is normal form: clean text, absolute URLs, UTC instants, tags as objects, keys in this
 * order, so that two records with the same content are the same JSON.
 */

export const ARTICLE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const MIME_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/i;

const line = (max: number) =>
  v.pipe(
    v.string(),
    v.transform(cleanLine),
    v.minLength(1, "must not be empty"),
    v.maxLength(max, `must be at most ${max} characters`),
  );

const paragraph = (max: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => cleanText(text).trim()),
    v.minLength(1, "must not be empty"),
    v.maxLength(max, `must be at most ${max} characters`),
  );

const list = <S extends v.GenericSchema>(item: S, max: number) =>
  v.pipe(v.array(item), v.maxLength(max, `must have at most ${max} items`));

const name = line(limit.MAX_NAME);

const url = v.pipe(
  v.string(),
  v.maxLength(limit.MAX_URL, `must be at most ${limit.MAX_URL} characters`),
  v.check(isHttpUrl, "must be an absolute http or https URL"),
  v.transform((text) => new URL(text).href),
);

const instant = v.pipe(
  v.string(),
  v.check(isInstant, "must be an RFC 3339 date-time with an offset, such as 2026-11-24T20:00:00+01:00"),
  v.transform((text) => new Date(text).toISOString()),
);

const count = v.pipe(
  v.number(),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must not be negative"),
);

const languageTag = v.pipe(
  v.string(),
  v.check(isLanguageTag, "must be a BCP 47 language tag, such as en-US"),
  v.transform((tag) => Intl.getCanonicalLocales(tag)[0] as string),
);

const email = v.pipe(
  v.string(),
  v.maxLength(limit.MAX_NAME, `must be at most ${limit.MAX_NAME} characters`),
  v.email("must be an e-mail address"),
);

const unitShare = v.pipe(v.number(), v.minValue(0, "must be 0 to 1"), v.maxValue(1, "must be 0 to 1"));

const optional = v.exactOptional;

/** Strongest first. `true` in a record means the weakest. */
export const BREAKING_LEVELS = ["flash", "bulletin", "urgent"] as const;
/** IPTC editorial signals that a revision may carry. */
export const CHANGE_KINDS = ["update", "correction", "clarification"] as const;

const breaking = v.pipe(
  v.union(
    [
      v.boolean(),
      v.strictObject({
        level: v.picklist(BREAKING_LEVELS, "must be flash, bulletin or urgent"),
        until: optional(instant),
      }),
    ],
    "must be true, false or {level, until?} with level flash, bulletin or urgent",
  ),
  v.transform((value) => (value === true ? { level: "urgent" as const } : value)),
);

const changeKind = v.picklist(CHANGE_KINDS, "must be update, correction or clarification");

const change = v.pipe(
  v.union(
    [changeKind, v.strictObject({ kind: changeKind, note: optional(paragraph(limit.MAX_PARAGRAPH)) })],
    "must be update, correction, clarification or {kind, note?}",
  ),
  v.transform((value) => (typeof value === "string" ? { kind: value } : value)),
);

const tag = v.pipe(
  v.union(
    [name, v.strictObject({ name, scheme: optional(url), code: optional(name) })],
    "must be a non-empty name or {name, scheme?, code?}",
  ),
  v.transform((value) => (typeof value === "string" ? { name: value } : value)),
);

const place = v.strictObject({
  name,
  lat: optional(v.pipe(v.number(), v.minValue(-90), v.maxValue(90))),
  lon: optional(v.pipe(v.number(), v.minValue(-180), v.maxValue(180))),
});

const author = v.strictObject({ name, email: optional(email), url: optional(url) });

const media = v.strictObject({
  url,
  type: v.pipe(v.string(), v.regex(MIME_TYPE, "must be a media type, such as image/jpeg"), v.toLowerCase()),
  width: optional(count),
  height: optional(count),
  bytes: optional(count),
  alt: optional(paragraph(limit.MAX_PARAGRAPH)),
  caption: optional(paragraph(limit.MAX_PARAGRAPH)),
  credit: optional(line(limit.MAX_NAME)),
  role: optional(v.picklist(["lead", "inline"], "must be lead or inline")),
  focalPoint: optional(v.strictObject({ x: unitShare, y: unitShare })),
  syndicate: optional(v.boolean()),
});

/** The record as a newsroom sends it. Cross-field rules and HTML are in src/record/. */
export const ArticleSchema = v.strictObject({
  id: v.pipe(
    v.string(),
    v.regex(ARTICLE_ID, "must be 1 to 128 of A-Z a-z 0-9 . _ ~ - and start with a letter or digit"),
  ),
  guid: optional(line(limit.MAX_URL)),
  url,
  headline: line(limit.MAX_HEADLINE),
  shortHeadline: optional(line(limit.MAX_HEADLINE)),
  summary: optional(paragraph(limit.MAX_PARAGRAPH)),
  body: optional(
    v.pipe(v.string(), v.maxLength(limit.MAX_BODY, `must be at most ${limit.MAX_BODY} characters`)),
  ),
  language: optional(languageTag),
  section: optional(name),
  sections: optional(list(name, limit.MAX_SECTIONS)),
  tags: optional(list(tag, limit.MAX_TAGS)),
  places: optional(list(place, limit.MAX_PLACES)),
  authors: optional(list(author, limit.MAX_AUTHORS)),
  published: instant,
  updated: optional(instant),
  revision: optional(count),
  breaking: optional(breaking),
  change: optional(change),
  /** Another name for `change`, for newsrooms whose CMS calls it so. */
  label: optional(change),
  media: optional(list(media, limit.MAX_MEDIA)),
  source: optional(v.strictObject({ name, url: optional(url) })),
  rights: optional(
    v.strictObject({
      holder: optional(name),
      notice: optional(paragraph(limit.MAX_PARAGRAPH)),
      terms: optional(paragraph(limit.MAX_PARAGRAPH)),
      license: optional(paragraph(limit.MAX_URL)),
    }),
  ),
  related: optional(list(v.strictObject({ url, title: line(limit.MAX_HEADLINE) }), limit.MAX_RELATED)),
  embargo: optional(instant),
  expires: optional(instant),
  status: optional(v.picklist(["published", "withdrawn"], "must be published or withdrawn")),
});

type Checked = v.InferOutput<typeof ArticleSchema>;

/** What a newsroom may send. */
export type ArticleInput = v.InferInput<typeof ArticleSchema>;

export type Media = v.InferOutput<typeof media>;
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

/** What is stored under `articles/{id}.json`: the article and every feed that it was ever placed in, sorted. */
export type StoredRecord = { article: Article; feeds: string[] };

function isHttpUrl(text: string): boolean {
  const parsed = URL.parse(text);
  return (parsed?.protocol === "http:" || parsed?.protocol === "https:") && parsed.hostname !== "";
}

function isInstant(text: string): boolean {
  if (!RFC3339.test(text)) return false;
  const [year, month, day] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10)].map(Number) as [
    number,
    number,
    number,
  ];
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const time = Date.parse(text);
  // Years below 1000 are read as two-digit years by RFC 822 readers; 9999 may overflow into a five-digit year in UTC.
  return day >= 1 && day <= lastDay && year >= 1000 && year < 9999 && !Number.isNaN(time);
}

function isLanguageTag(tag: string): boolean {
  try {
    return tag.length <= 35 && Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
