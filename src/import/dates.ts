import { readInstant } from "../core/instant.ts";
import { MAX_DATE_TEXT } from "./limits.ts";

/*
 * Dates as websites write them. The door reads what a standard describes; here is the rest of what is found in feeds, as far
 * as it has a single meaning: 02.03.2026 is the second of March everywhere, 02/03/2026 is not.
 */

/** The starts of the names of months without accents, in English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish. */
const MONTHS = [
  /^(?:jan|ene|gen)/,
  /^(?:feb|fev)/,
  /^(?:mar|mrz|mrt)/,
  /^(?:apr|abr|avr)/,
  /^(?:may|mai|mei|mag|maj)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|aou|ago)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|ott|out)/,
  /^nov/,
  /^(?:dec|dez|dic)/,
];

/** Zones that have one meaning and that RFC 822 does not name. */
const ZONES: Record<string, string> = {
  ...{
    WET: "+00:00",
    WEST: "+01:00",
    BST: "+01:00",
    CET: "+01:00",
    MEZ: "+01:00",
    CEST: "+02:00",
    MESZ: "+02:00",
  },
  ...{
    EET: "+02:00",
    EEST: "+03:00",
    MSK: "+03:00",
    JST: "+09:00",
    KST: "+09:00",
    AEST: "+10:00",
    AEDT: "+11:00",
  },
  ...{ UT: "Z", UTC: "Z", GMT: "Z", Z: "Z", EST: "-05:00", EDT: "-04:00", CST: "-06:00", CDT: "-05:00" },
  ...{ MST: "-07:00", MDT: "-06:00", PST: "-08:00", PDT: "-07:00", NZST: "+12:00", NZDT: "+13:00" },
};

type Day = { year: string; month: string; day: string; rest: string };

/** Where year, month, day and the rest of the text stand. */
const SPELLINGS: [pattern: RegExp, read: (found: string[]) => Day][] = [
  [/^(\d{4})[-/.](\d\d?)[-/.](\d\d?)(?!\d)(.*)$/, ([, year, month, day, rest]) => of(year, month, day, rest)],
  [/^(\d\d?)\.(\d\d?)\.(\d{4})(.*)$/, ([, day, month, year, rest]) => of(year, month, day, rest)],
  [
    /^(?:\p{L}+\.?,?\s*)?(\d\d?)(?:\.|st|nd|rd|th)?[\s-]+(?:de\s+)?(\p{L}+)\.?,?[\s-]+(?:de\s+)?(\d{4})(.*)$/u,
    ([, day, month, year, rest]) => of(year, monthOf(month), day, rest),
  ],
  [
    /^(?:\p{L}+\.?,?\s+)?(\p{L}+)\.?\s+(\d\d?)(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)(.*)$/u,
    ([, month, day, year, rest]) => of(year, monthOf(month), day, rest),
  ],
  [
    /^\p{L}+\s+(\p{L}+)\s+(\d\d?)\s+(\d\d?:\d\d:\d\d)(?:\s+(\p{L}+))?\s+(\d{4})$/u,
    ([, month, day, time, zone = "", year]) => of(year, monthOf(month), day, `${time} ${zone}`),
  ],
];

const of = (year = "", month = "", day = "", rest = ""): Day => ({ year, month, day, rest });

const TIME =
  /^[\sT,]*(?:at|um|kl\.?|à)?\s*(\d\d?)[:.h](\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(?:([ap])\.?m\.?)?\s*(?:Uhr)?\s*(?:(?:GMT|UTC)?([+-]\d\d:?\d\d)|(\p{L}+))?(?:\s+\(.*\))?$/iu;

/**
 * When something was published, from what a website says: a text that the door reads; undefined for what has no meaning or
 * more than one. `timeZone`: that of a date which names none. `isWithoutZone`: whether the date named none.
 */
export function readDate(
  text: string | undefined,
  timeZone = "UTC",
): { date: string; isWithoutZone: boolean } | undefined {
  if (text === undefined || text.length > MAX_DATE_TEXT) return undefined;
  const plain = text.replace(/<[^>]*>/g, " ").trim();
  if ("instant" in readInstant(plain)) return { date: plain, isWithoutZone: false };
  const local = readInstant(plain, timeZone);
  if ("instant" in local) return { date: local.instant, isWithoutZone: true };
  if (/^\d{9,10}$/.test(plain)) return { date: ofSeconds(Number(plain)), isWithoutZone: false };
  for (const [pattern, read] of SPELLINGS) {
    const found = pattern.exec(plain);
    if (found !== null) return respelled(read(found as string[]), timeZone);
  }
  return undefined;
}

/** Seconds since 1970. */
const ofSeconds = (seconds: number) => new Date(seconds * 1_000).toISOString();

function monthOf(name = ""): string {
  const letters = name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return String(MONTHS.findIndex((start) => start.test(letters)) + 1);
}

function respelled({ year, month, day, rest }: Day, timeZone: string) {
  const found = rest.trim() === "" ? ["", "0", "0"] : TIME.exec(rest);
  if (found === null) return undefined;
  const [, written = "0", minutes = "0", seconds = "0", half, offset, name] = found;
  const zone = offset ?? (name === undefined ? "" : ZONES[name.toUpperCase()]);
  if (zone === undefined) return undefined;
  const hours = half === undefined ? Number(written) : (Number(written) % 12) + (/p/i.test(half) ? 12 : 0);
  const isNextDay = hours === 24 && Number(minutes) + Number(seconds) === 0;
  const time = [isNextDay ? 0 : hours, minutes, seconds].map(twoDigits).join(":");
  const read = readInstant(`${year}-${twoDigits(month)}-${twoDigits(day)}T${time}${zone}`, timeZone);
  if (!("instant" in read)) return undefined;
  const date = isNextDay ? new Date(Date.parse(read.instant) + 86_400_000).toISOString() : read.instant;
  return { date, isWithoutZone: zone === "" };
}

const twoDigits = (number: string | number) => String(number).padStart(2, "0");
