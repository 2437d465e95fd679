import { HOUR_MS } from "./limits.ts";

/** Shows each moment in the reader's own zone, in the words of the language around it. */
export function showTimes(root: ParentNode, now = Date.now()): void {
  for (const element of root.querySelectorAll("time")) {
    const at = Date.parse(element.dateTime);
    if (Number.isNaN(at)) continue;
    const language = languageOf(element);
    const words = wordsFor(at, now, language);
    if (element.textContent !== words) element.textContent = words;
    element.title = formatter(language, { dateStyle: "full", timeStyle: "long" }).format(at);
    element.removeAttribute("dir");
  }
}

function languageOf(element: Element): string | undefined {
  const language = element.closest<HTMLElement>("[lang]")?.lang;
  try {
    return language && Intl.DateTimeFormat.supportedLocalesOf(language)[0];
  } catch {
    return undefined;
  }
}

function wordsFor(at: number, now: number, language: string | undefined): string {
  const age = now - at;
  if (age >= 0 && age < HOUR_MS) {
    return relativeTo(language).format(-Math.floor(age / 60_000), "minute");
  }
  return formatter(language, styleOf(new Date(at), new Date(now))).format(at);
}

/** Some 0.1 ms to make each; the styles here times the languages of a page, a dozen at most. */
const made = new Map<string, Intl.DateTimeFormat>();
const madeRelative = new Map<string | undefined, Intl.RelativeTimeFormat>();

function formatter(language: string | undefined, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([language, style]);
  const known = made.get(key) ?? new Intl.DateTimeFormat(language, style);
  made.set(key, known);
  return known;
}

function relativeTo(language: string | undefined): Intl.RelativeTimeFormat {
  const style = { numeric: "auto", style: "short" } as const;
  const known = madeRelative.get(language) ?? new Intl.RelativeTimeFormat(language, style);
  madeRelative.set(language, known);
  return known;
}

/** Today the time is enough, and this year the day. */
function styleOf(date: Date, today: Date): Intl.DateTimeFormatOptions {
  const time = { hour: "numeric", minute: "2-digit" } as const;
  if (Number.isNaN(today.getTime())) return { dateStyle: "medium", timeStyle: "short" };
  if (date.toDateString() === today.toDateString()) return time;
  const year = date.getFullYear() === today.getFullYear() ? {} : ({ year: "numeric" } as const);
  return { day: "numeric", month: "short", ...year, ...time };
}
