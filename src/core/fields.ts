import * as v from "valibot";
import { parseUrl } from "./address.ts";
import * as limit from "./limits.ts";
import { cleanLine, cleanText } from "./text.ts";
import { uriOf } from "./url.ts";

/*
 * The kinds of field that a record is made of. Each cleans what it takes and says what it allows. A limit on what has
 * been cleaned is checked after it was, so that whatever comes out may come in again.
 */

export const ARTICLE_ID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
const RFC3339 =
  /^\d{4}-\d\d-(?<day>\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d))$/i;
/** Without flags: JSON Schema has none. */
const MIME_TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/;
/** HTML's own rule for `input type=email`, and a dot in the domain: feed validators want one. */
export const EMAIL =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;
/** RFC 822 readers take years below 1000 for two-digit years; beyond 9999 there is no RFC 3339. */
const FIRST_INSTANT = Date.UTC(1000, 0, 1);
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

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

const text = (clean: (text: string) => string, max: number) =>
  v.pipe(
    v.string(),
    published({ minLength: 1, description: `Plain text, at most ${max} characters.` }),
    upTo(max, max * limit.MAX_RAW),
    v.transform(clean),
    v.minLength(1, "must not be empty"),
    upTo(max),
  );

/** Plain text on one line. */
export const line = (max: number) => text(cleanLine, max);

/** Plain text of several lines. */
export const paragraph = (max: number) => text((value) => cleanText(value).trim(), max);

export const list = <S extends v.GenericSchema>(item: S, max: number) =>
  v.pipe(v.array(item), v.maxLength(max, `must have at most ${max} items`));

export const name = line(limit.MAX_NAME);

export const id = v.pipe(
  v.string(),
  v.regex(ARTICLE_ID, "must be 1 to 128 of A-Z a-z 0-9 . _ ~ - and start with a letter or digit"),
);

export const html = v.pipe(
  v.string(),
  published({ contentMediaType: "text/html" }),
  v.maxLength(limit.MAX_BODY, `must be at most ${limit.MAX_BODY} characters`),
);

export const url = v.pipe(
  v.string(),
  published({ format: "uri" }),
  upTo(limit.MAX_URL),
  v.check(isHttpUrl, "must be an absolute http or https URL"),
  v.transform((value) => uriOf(value)),
  upTo(limit.MAX_URL),
);

export const dateTime = (description?: string) =>
  v.pipe(
    v.string(),
    published({ format: "date-time", ...(description === undefined ? {} : { description }) }),
    v.check(isInstant, "must be an RFC 3339 date-time with an offset, such as 2026-11-24T20:00:00+01:00"),
    v.transform((value) => new Date(value).toISOString()),
  );

export const instant = dateTime();

export const count = v.pipe(
  v.number(),
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
  v.string(),
  published({ description: "A BCP 47 language tag." }),
  v.check(isLanguageTag, "must be a BCP 47 language tag, such as en-US"),
  v.transform((tag) => Intl.getCanonicalLocales(tag)[0] as string),
);

export const email = v.pipe(
  v.string(),
  published({ format: "email" }),
  upTo(limit.MAX_NAME),
  v.regex(EMAIL, "must be an e-mail address"),
);

/** Of addresses that run or show what stands in them, or what only this machine has. */
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
  v.string(),
  upTo(limit.MAX_NAME),
  v.regex(MIME_TYPE, "must be a media type, such as image/jpeg"),
  v.toLowerCase(),
);

function isHttpUrl(value: string): boolean {
  const parsed = parseUrl(value);
  return (parsed?.protocol === "http:" || parsed?.protocol === "https:") && parsed.hostname !== "";
}

function isInstant(value: string): boolean {
  const parts = RFC3339.exec(value)?.groups;
  const time = Date.parse(value);
  if (parts === undefined || Number.isNaN(time) || time < FIRST_INSTANT || time > LAST_INSTANT) return false;
  // Date.parse takes the 30th of February for the 2nd of March; back at the writer's offset the day must be the same.
  const offset =
    Number(`${parts.sign ?? "+"}1`) * (Number(parts.hours ?? 0) * 60 + Number(parts.minutes ?? 0));
  return new Date(time + offset * 60_000).getUTCDate() === Number(parts.day);
}

function isLanguageTag(tag: string): boolean {
  try {
    const [canonical = ""] = Intl.getCanonicalLocales(tag);
    // RFC 5646 §4.4.1 asks for room for 35 characters.
    return canonical !== "" && canonical.length <= 35 && tag.length <= 35;
  } catch {
    return false;
  }
}
