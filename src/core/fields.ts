import * as v from "valibot";
import { parseUrl } from "./address.ts";
import { articleId } from "./article-id.ts";
import { readInstant } from "./instant.ts";
import { languageOf } from "./language-tag.ts";
import * as limit from "./limits.ts";
import { cleanIdentifier, cleanLine, cleanParagraph, isVisible } from "./text.ts";
import { uriOf } from "./url.ts";

/*
 * The kinds of field that a record is made of. Each cleans what it takes and says what it allows. A limit on
 * cleaned text is checked after the cleaning, so that a cleaned value always passes the check again.
 */

/** Without flags: JSON Schema has none. */
const MIME_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/;

/**
 * HTML's own rule for `input type=email`, with letters of all scripts (RFC 6532), and a dot in the domain: feed validators
 * want one. Punctuation and symbols of Unicode are left out; some are invisible.
 */
const LETTER = String.raw`A-Za-z0-9\u00a1-\u1fff\u2c00-\u2fff\u3001-\ud7ff\uf900-\ufdcf`;
const LABEL = `[${LETTER}](?:[${LETTER}-]{0,61}[${LETTER}])?`;
export const EMAIL = new RegExp(`^[${LETTER}.!#$%&'*+/=?^_\`{|}~-]+@(?:${LABEL}\\.)+${LABEL}$`);

/**
 * What a field takes, for the door: it mends what has one meaning before the check. A schema tells it in `takes`; one
 * without is known by the `type` that valibot gives it.
 */
export type Kind =
  | ("line" | "paragraph" | "exact" | "id" | "html" | "url" | "instant" | "language" | "email" | "media-type")
  | ("count" | "person" | "keyword");

export const as = <S extends v.GenericSchema>(kind: Kind, schema: S): S =>
  Object.assign({ ...schema }, { takes: kind });

const string = (kind: Kind) => as(kind, v.string());

/** What the published JSON Schema says about a field beyond what the check itself tells. */
const published = (jsonSchema: Record<string, unknown>) =>
  v.metadata<string, { readonly jsonSchema: Record<string, unknown> }>({ jsonSchema });

const upTo = (max: number, raw = max) =>
  v.maxLength<string, number, string>(raw, `must be at most ${max} characters`);

/** An object, not a list: valibot takes one for the other. */
export const notList = <S extends v.GenericSchema>(schema: S): S => ({
  ...schema,
  "~run": (dataset, config) =>
    schema["~run"](Array.isArray(dataset.value) ? { value: undefined } : dataset, config),
});

/** An object with these fields and no other. */
export const object = <const E extends v.ObjectEntries>(entries: E) => notList(v.strictObject(entries));

type TextOf = { kind: Kind; clean: (text: string) => string; max: number };

const text = ({ kind, clean, max }: TextOf) =>
  v.pipe(
    string(kind),
    published({ minLength: 1, description: `Plain text, at most ${max} characters.` }),
    upTo(max, max * limit.MAX_RAW),
    v.transform(clean),
    v.check(isVisible, "must not be empty"),
    upTo(max),
  );

/** Plain text on one line. */
export const line = (max: number) => text({ kind: "line", clean: cleanLine, max });

/** Plain text of several lines. */
export const paragraph = (max: number) => text({ kind: "paragraph", clean: cleanParagraph, max });

/** One line that programs compare. */
export const identifier = (max: number) => text({ kind: "exact", clean: cleanIdentifier, max });

export const list = <S extends v.GenericSchema>(item: S, max: number) =>
  v.pipe(v.array(item), v.maxLength(max, `must have at most ${max} items`));

export const name = line(limit.MAX_NAME);

/** As a name; systems send many in one text, with commas between them. */
export const keyword = as("keyword", name);

export const id = v.pipe(
  string("id"),
  published({
    minLength: 1,
    maxLength: limit.MAX_ID_FORM,
    description: "Any text without control characters.",
  }),
  v.check(
    (value) => articleId(value) !== undefined,
    `must be text without control characters, at most ${limit.MAX_ID_FORM} characters in the form of addresses`,
  ),
  v.transform((value) => articleId(value) as string),
);

export const html = v.pipe(
  string("html"),
  published({ contentMediaType: "text/html" }),
  v.maxLength(limit.MAX_BODY, `must be at most ${limit.MAX_BODY} characters`),
);

export const url = v.pipe(
  string("url"),
  published({ format: "uri" }),
  upTo(limit.MAX_URL),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const wrong = wrongIn(parseUrl(dataset.value));
    if (wrong === undefined) return uriOf(dataset.value);
    addIssue({ message: wrong });
    return NEVER;
  }),
  upTo(limit.MAX_URL),
);

export const dateTime = (description?: string) =>
  v.pipe(
    string("instant"),
    published({ format: "date-time", ...(description === undefined ? {} : { description }) }),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const read = readInstant(dataset.value);
      if ("instant" in read) return read.instant;
      addIssue({ message: read.wrong });
      return NEVER;
    }),
  );

export const instant = dateTime();

export const count = v.pipe(
  as("count", v.number()),
  v.safeInteger("must be a whole number"),
  v.minValue(0, "must not be negative"),
);

/** A number from `min` to `max`, both included. */
export const between = (min: number, max: number) =>
  v.pipe(
    v.number(),
    v.minValue(min, `must be from ${min} to ${max}`),
    v.maxValue(max, `must be from ${min} to ${max}`),
  );

export const languageTag = v.pipe(
  string("language"),
  published({ description: "A BCP 47 language tag." }),
  v.transform(languageOf),
  v.check((tag) => tag !== "", "must be a BCP 47 language tag, such as en-US"),
);

export const email = v.pipe(
  string("email"),
  published({ format: "email" }),
  upTo(limit.MAX_NAME),
  v.transform(cleanLine),
  v.regex(EMAIL, "must be an e-mail address"),
);

/** The schemes of addresses that run or show their own content, or content that only this machine has. */
const UNSAFE_SCHEME = /^(?:javascript|vbscript|data|blob|file):/;

/** Words, or the address of the words: a reader may make a link of it. */
export const wordsOrUrl = v.pipe(
  line(limit.MAX_URL),
  v.check(
    (value) => !UNSAFE_SCHEME.test(parseUrl(value)?.protocol ?? ""),
    "must be words, or an absolute http or https URL",
  ),
);

export const mediaType = v.pipe(
  string("media-type"),
  upTo(limit.MAX_NAME),
  v.regex(MIME_TYPE, "must be a media type, such as image/jpeg"),
  v.toLowerCase(),
);

function wrongIn(url: URL | null): string | undefined {
  const isHttp =
    url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.hostname !== "";
  if (!isHttp) return "must be an absolute http or https URL";
  return url.username + url.password === "" ? undefined : "must not hold a user name or a password";
}
