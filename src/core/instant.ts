import { DAY_MS, MAX_DATE, MINUTE_MS } from "./limits.ts";
/*
 * Dates of records. The wire keeps RFC 3339 in UTC with milliseconds, as Date writes it, and with microseconds where
 * the newsroom sends such: 2026-03-01T09:00:00.123Z, 2026-03-01T09:00:00.123456Z.
 */

/** A date as it is kept; `detail` tells what had to be chosen. Or what is wrong with what was sent. */
export type ReadInstant = { instant: string; detail?: string } | { wrong: string };

/** Date and time as written. `offset`: minutes ahead of UTC; undefined where the writer names none. */
type Parts = {
  year: number;
  /** From 1. */
  month: number;
  day: number;
  hours: number;
  minutes: number;
  seconds: number;
  /** Digits behind the point. */
  fraction: string;
  offset: number | undefined;
  weekday?: string;
};

/** RFC 822 readers take years below 1000 for two-digit years; beyond 9999 there is no RFC 3339. */
const FIRST_INSTANT = Date.UTC(1000, 0, 1);
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const ZONE = String.raw`Z|UTC?|GMT|[+\u2212-]\d\d(?::?\d\d)?`;
/** RFC 3339 and what differs from it by spelling alone: ISO 8601 with or without its separators, a space for the T. */
const ISO = new RegExp(
  String.raw`^(\d{4})(-?)(\d\d)\2(\d\d)(?:T| +)(\d\d)(:?)(\d\d)(?:\6(\d\d)(?:[.,](\d+))?)? ?(${ZONE})?$`,
  "i",
);
/** RFC 822 §5, RFC 1123 §5.2.14, RFC 5322 §3.3 and §4.3. */
const MAIL =
  /^(?:([a-z]{3})[a-z]*,? +)?(\d\d?)[ -]([a-z]{3})[a-z]*[ -](\d{4}|\d\d) +(\d\d?):(\d\d)(?::(\d\d))?(?: +([a-z]+|[+-]\d{4}|[+-]\d\d:\d\d))?$/i;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/** The zones that RFC 822 names, hours ahead of UTC. Other letters mean different zones in different places. */
const MAIL_ZONES: Record<string, number> = {
  ...{ z: 0, ut: 0, utc: 0, gmt: 0, est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 },
};

const WRONG = "must be a date and time with an offset, such as 2026-11-24T20:00:00+01:00";
const NO_OFFSET = `${WRONG}; one without an offset is taken only where the site file has a timeZone`;

/**
 * The instant that a text names in any unambiguous spelling: RFC 3339, ISO 8601, RFC 822 and RFC 1123, with a fraction of
 * any length, of which microseconds are kept. A leap second is the second after it, as in POSIX time. `timeZone`, an
 * IANA name, is that of a text without an offset; without `timeZone` such a text is wrong. A local time that a change
 * of clocks skips or repeats is the earlier of the two instants, or the later one with `isLatest`, and `detail` says so.
 */
export function readInstant(text: string, timeZone?: string, isLatest = false): ReadInstant {
  if (isKept(text)) return { instant: text };
  const trimmed = text.length > MAX_DATE ? "" : text.trim();
  const parts = isoParts(trimmed) ?? mailParts(trimmed);
  if (parts === undefined) return { wrong: WRONG };
  const local = localTime(parts);
  if (local === undefined) return { wrong: WRONG };
  if (parts.offset !== undefined) return kept(local - parts.offset * MINUTE_MS, parts);
  if (timeZone === undefined) return { wrong: NO_OFFSET };
  const { time, detail } = timeIn(timeZone, local, isLatest);
  const read = kept(time, parts);
  return detail === undefined || "wrong" in read ? read : { ...read, detail };
}

/** Most dates come as they are kept, and this is the quickest look at one. */
function isKept(text: string): boolean {
  if (text.length !== 24 || !text.endsWith("Z")) return false;
  const time = Date.parse(text);
  return time >= FIRST_INSTANT && time <= LAST_INSTANT && new Date(time).toISOString() === text;
}

function isoParts(text: string): Parts | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [year, , month, day, hours, , minutes, seconds = "0", fraction = "", zone] = found.slice(
    1,
  ) as string[];
  const offset = zone === undefined ? undefined : offsetOf(zone);
  const numbers = [year, month, day, hours, minutes, seconds].map(Number) as number[];
  return { ...partsOf(numbers), fraction, offset };
}

function mailParts(text: string): Parts | undefined {
  const found = MAIL.exec(text);
  if (found === null) return undefined;
  const [weekday, day, name, shortYear, hours, minutes, seconds = "0", zone] = found.slice(1) as string[];
  const month = MONTHS.indexOf(String(name).toLowerCase()) + 1;
  const numbers = [fullYear(shortYear as string), month, day, hours, minutes, seconds].map(Number);
  const named = zone === undefined ? undefined : MAIL_ZONES[zone.toLowerCase()];
  if (zone !== undefined && /^[a-z]/i.test(zone) && named === undefined) return undefined;
  const offset = named === undefined ? zone && offsetOf(zone) : named * 60;
  return {
    ...partsOf(numbers),
    fraction: "",
    offset: offset as number | undefined,
    ...(weekday === undefined ? {} : { weekday: weekday.toLowerCase() }),
  };
}

function partsOf([year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0]: number[]) {
  return { year, month, day, hours, minutes, seconds };
}

/** RFC 5322 §4.3: 00 to 49 are of this century. */
function fullYear(year: string): number {
  if (year.length === 4) return Number(year);
  return Number(year) + (Number(year) < 50 ? 2000 : 1900);
}

/** Minutes ahead of UTC; NaN beyond a day. */
function offsetOf(zone: string): number {
  const [sign, hours, minutes = "0"] = /^([+\u2212-])(\d\d):?(\d\d)?$/.exec(zone)?.slice(1) ?? ["+", "0"];
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN;
  return (sign === "+" ? 1 : -1) * (Number(hours) * 60 + Number(minutes));
}

/** The time that the clock shows, as if it were UTC: milliseconds. Undefined where no clock and no calendar shows it. */
function localTime({
  year,
  month,
  day,
  hours,
  minutes,
  seconds,
  weekday,
  offset,
}: Parts): number | undefined {
  const date = Date.UTC(year, month - 1, day);
  const shown = new Date(date);
  if (shown.getUTCFullYear() !== year || shown.getUTCMonth() !== month - 1 || shown.getUTCDate() !== day) {
    return undefined;
  }
  if (weekday !== undefined && WEEKDAYS[shown.getUTCDay()] !== weekday) return undefined;
  if (hours > 23 || minutes > 59 || seconds > 60 || Number.isNaN(offset)) return undefined;
  const time = date + (hours * 60 + minutes) * MINUTE_MS + seconds * 1_000;
  // Leap seconds end a day of UTC.
  if (seconds === 60 && offset !== undefined && (time - offset * MINUTE_MS) % DAY_MS !== 0) return undefined;
  return time;
}

/** `time` has whole seconds. */
function kept(time: number, { fraction }: Parts): ReadInstant {
  const digits = fraction.slice(0, 6).padEnd(6, "0");
  const whole = time + Number(digits.slice(0, 3));
  if (!(whole >= FIRST_INSTANT && whole <= LAST_INSTANT))
    return { wrong: "must be in a year from 1000 to 9999" };
  const instant = new Date(whole).toISOString();
  const micros = digits.slice(3);
  return { instant: micros === "000" ? instant : `${instant.slice(0, -1)}${micros}Z` };
}

function timeIn(timeZone: string, local: number, isLatest: boolean): { time: number; detail?: string } {
  const offsets = [local - DAY_MS, local + DAY_MS].map((time) => offsetIn(timeZone, time));
  const times = [...new Set(offsets.map((offset) => local - offset))];
  const right = times.filter((time) => local - offsetIn(timeZone, time) === time);
  const [time = 0] = right;
  if (right.length === 1) return { time };
  const what = right.length > 1 ? "comes twice" : "does not exist";
  const detail = `${what} in ${timeZone}, because clocks change; the ${isLatest ? "later" : "earlier"} instant was taken`;
  return { time: isLatest ? Math.max(...times) : Math.min(...times), detail };
}

/** One formatter for each zone: to make one takes a hundred times as long as to use it. A wire has one zone. */
let zone: { name: string; format: Intl.DateTimeFormat } | undefined;

/** Milliseconds that the zone is ahead of UTC at this time, which has whole seconds. */
function offsetIn(timeZone: string, time: number): number {
  if (zone?.name !== timeZone) {
    const options = { timeZone, hourCycle: "h23", era: "short" } as const;
    const numbers = { year: "numeric", month: "numeric", day: "numeric" } as const;
    const clock = { hour: "numeric", minute: "numeric", second: "numeric" } as const;
    const format = new Intl.DateTimeFormat("en-US-u-ca-iso8601", { ...options, ...numbers, ...clock });
    zone = { name: timeZone, format };
  }
  const parts = new Map(zone.format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 0, day = 0] = (["year", "month", "day"] as const).map((type) => parts.get(type));
  const [hours, minutes, seconds] = (["hour", "minute", "second"] as const).map((type) => parts.get(type));
  return Date.UTC(year, month - 1, day, hours, minutes, seconds) - time;
}

/** Negative where `a` is the earlier instant; both as they are kept. Fractions of any length count. */
export function compareInstants(a: string, b: string): number {
  if (a === b) return 0;
  // As text, "….123Z" would be later than "….123456Z".
  const [first, second] = a.length === b.length ? [a, b] : [withoutZ(a), withoutZ(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function withoutZ(instant: string): string {
  return instant.endsWith("Z") ? instant.slice(0, -1) : instant;
}
