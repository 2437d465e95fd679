import * as v from "valibot";
import { FORMAT_NAMES } from "./format-names.ts";
import { cleanLine, isVisible } from "./text.ts";

/** The kinds of field that a site file has, each with what it says when it is wrong. */

export const string = v.string("must be text");

export const text = (max: number) =>
  v.pipe(
    string,
    v.transform(cleanLine),
    v.check(isVisible, "must not be empty"),
    v.maxLength(max, `must be at most ${max} characters`),
  );

const httpUrl = v.pipe(
  string,
  v.check(
    (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? ""),
    "must be an absolute http or https URL",
  ),
  v.transform((text) => new URL(text).href),
);

const hasNoUser = (address: URL | null) => (address?.username ?? "") + (address?.password ?? "") === "";

/** An address; `hint`: what is said where it holds a user name or a password. */
export const urlWith = (hint: string) =>
  v.pipe(
    httpUrl,
    v.check((text) => hasNoUser(URL.parse(text)), `must not hold a user name or password: ${hint}`),
  );

/** Why an address may hold no password. */
const SHOWN = "every document shows it";

export const url = urlWith(SHOWN);

/** Stands for the slug of a feed's value while an address is looked at; no slug and no name of a host has an underscore. */
const SOME_VALUE = "__flashwire_value__";
const asAddress = (text: string, value = SOME_VALUE) => URL.parse(text.replaceAll("{value}", value));

/** The page of each feed of a family, in which `{value}` stands for the slug of the value; not in the name of the host. */
export const urlPattern = v.pipe(
  string,
  v.check(
    (text) => /^https?:$/.test(asAddress(text)?.protocol ?? ""),
    "must be an absolute http or https URL",
  ),
  v.check((text) => hasNoUser(asAddress(text)), `must not hold a user name or password: ${SHOWN}`),
  v.check(
    (text) => asAddress(text, "a")?.origin === asAddress(text, "b")?.origin && !/\{(?!value\})/.test(text),
    "may hold {value} behind the host, and nothing else in braces",
  ),
  v.transform((text) => (asAddress(text)?.href ?? text).replaceAll(SOME_VALUE, "{value}")),
);

/** A WebSub hub. Every document names it, and the wire tells it of changes. */
export const hub = v.pipe(
  url,
  v.check(
    (hub) => new URL(hub).protocol === "https:",
    "must be an https URL: the wire tells no other hub of changes",
  ),
);

export const whole = (min: number, max: number) =>
  v.pipe(
    v.number("must be a number"),
    v.integer("must be a whole number"),
    v.minValue(min, `must be at least ${min}`),
    v.maxValue(max, `must be at most ${max}`),
  );

export const languageTag = v.pipe(
  string,
  v.check((tag) => {
    try {
      return Intl.getCanonicalLocales(tag).length === 1;
    } catch {
      return false;
    }
  }, "must be a BCP 47 language tag, such as en-GB"),
  v.transform((tag) => Intl.getCanonicalLocales(tag)[0] as string),
);

/** An IANA name of a zone that this machine knows. */
export const timeZone = v.pipe(
  string,
  v.check((name) => {
    try {
      return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
    } catch {
      return false;
    }
  }, "must be the IANA name of a time zone, such as Europe/Berlin"),
);

export const list = <S extends v.GenericSchema>(item: S) => v.array(item, "must be a list");

export const oneOrMore = <S extends v.GenericSchema>(item: S) =>
  v.pipe(list(item), v.minLength(1, "must not be empty"));

export const anyOf = (names: readonly (string | number)[]) =>
  `must be ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;

/** Which documents a feed has; without it all of them. */
export const formats = v.pipe(
  oneOrMore(v.picklist(FORMAT_NAMES, anyOf(FORMAT_NAMES))),
  v.check((names) => new Set(names).size === names.length, "must name each format once"),
);

/** Text of a family, in which `{value}` stands for the value of each feed. */
export const pattern = (max: number) =>
  v.pipe(
    text(max),
    v.check(
      (names) => !/\{(?!(?:value|language)\})\w*\}/.test(names),
      "may hold {value}, or {language} in a family by language, and nothing else in braces",
    ),
  );
