import { LRUCache } from "lru-cache";
import { FORMATTERS } from "../limits.ts";
import type { Wording } from "./choose.ts";

/*
 * Dates, numbers, lists and plurals as people write them in a language, by Intl. No answer depends on the machine: locales end with
 * a language that Intl has, and the zone is always named.
 */

type Locales = Pick<Wording, "locales">;

/** A day and a minute in a zone (IANA name), which is named: `Oct 7, 2018, 12:58 PM UTC`. Throws for an invalid date. */
export function timeIn({ locales }: Locales, instant: string, timeZone = "UTC"): string {
  const { format } = formatter(`time ${timeZone}`, locales, () => {
    const day = { year: "numeric", month: "short", day: "numeric" } as const;
    const clock = { hour: "numeric", minute: "2-digit", timeZoneName: "short" } as const;
    return new Intl.DateTimeFormat(locales, { ...day, ...clock, timeZone });
  });
  return format(Date.parse(instant));
}

/** A day in a zone (IANA name): `October 7, 2018`. Throws for an invalid date. */
export function dayIn({ locales }: Locales, instant: string, timeZone = "UTC"): string {
  const { format } = formatter(
    `day ${timeZone}`,
    locales,
    () => new Intl.DateTimeFormat(locales, { dateStyle: "long", timeZone }),
  );
  return format(Date.parse(instant));
}

/** `1,234`. */
export function numberIn({ locales }: Locales, n: number): string {
  return formatter("number", locales, () => new Intl.NumberFormat(locales)).format(n);
}

/** `A, B, and C`. */
export function listIn({ locales }: Locales, items: string[]): string {
  return formatter("list", locales, () => new Intl.ListFormat(locales)).format(items);
}

/** Which form a number takes: `one`, `few`, … */
export function pluralOf({ locales }: Locales, n: number): Intl.LDMLPluralRule {
  return formatter("plural", locales, () => new Intl.PluralRules(locales)).select(n);
}

const made = new LRUCache<string, object>({ max: FORMATTERS });

/** The formatter of this kind for these locales, made once: `kind` names its type and all its options. */
function formatter<T extends object>(kind: string, locales: string[], make: () => T): T {
  const key = `${kind} ${locales.join(" ")}`;
  const known = made.get(key) as T | undefined;
  if (known !== undefined) return known;
  const fresh = make();
  made.set(key, fresh);
  return fresh;
}
