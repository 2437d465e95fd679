import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareInstants, readInstant } from "../../src/core/instant.ts";
import { readArticle } from "../../src/validate/article.ts";

const kept = (text: string, timeZone?: string) => {
  const read = readInstant(text, timeZone);
  return "instant" in read ? read.instant : undefined;
};

const millis = fc.integer({ min: Date.UTC(1000, 0, 3), max: Date.UTC(9999, 11, 29) });
const micros = fc.integer({ min: 0, max: 999_999 });
const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
const two = (n: number) => String(Math.abs(n)).padStart(2, "0");

/** The same second in spellings that mean it: whole seconds, digits of the fraction, minutes ahead of UTC. */
function spellings(second: number, fraction: string, ahead: number): string[] {
  const local = new Date(second + ahead * 60_000);
  const [day = "", clock = ""] = local.toISOString().slice(0, 19).split("T");
  const sign = ahead < 0 ? "-" : "+";
  const [hours, minutes] = [two(Math.trunc(ahead / 60)), two(ahead % 60)];
  const point = fraction === "" ? "" : `.${fraction}`;
  const zones = [`${sign}${hours}:${minutes}`, `${sign}${hours}${minutes}`];
  if (ahead % 60 === 0) zones.push(`${sign}${hours}`);
  if (ahead === 0) zones.push("Z", "z", "UTC", " GMT");
  return zones.flatMap((zone) => [
    `${day}T${clock}${point}${zone}`,
    `${day} ${clock}${point} ${zone.trim()}`,
    `${day.replaceAll("-", "")}T${clock.replaceAll(":", "")}${point.replace(".", ",")}${zone}`,
  ]);
}

describe("when a date is read", () => {
  test("every spelling of an instant is that instant, to the microsecond", () => {
    fc.assert(
      fc.property(millis, micros, fc.stringMatching(/^\d{0,4}$/), offset, (at, micro, rest, ahead) => {
        const second = Math.floor(at / 1_000) * 1_000;
        const digits = String(micro).padStart(6, "0");
        const whole = new Date(second).toISOString().slice(0, 20) + digits;
        const wanted = digits.endsWith("000") ? `${whole.slice(0, -3)}Z` : `${whole}Z`;
        for (const text of spellings(second, digits + rest, ahead)) expect(kept(text), text).toBe(wanted);
        expect(kept(wanted)).toBe(wanted);
      }),
    );
  });

  test("one of RFC 1123 is what Date reads", () => {
    fc.assert(
      fc.property(millis, (at) => {
        const text = new Date(at).toUTCString();
        expect(kept(text)).toBe(new Date(text).toISOString());
      }),
    );
  });

  test.each([
    ..."2026-02-30T00:00:00Z,2026-13-01T00:00:00Z,2026-11-24T24:00:00Z,2026-11-24,yesterday,1772359200".split(
      ",",
    ),
    ..."2026-03-01T10:00:60Z,2026-03-01T10:00:00+24:00,2026-03-01T10:00:00+01:60,0999-12-31T23:00:00Z".split(
      ",",
    ),
    "Mon, 01 Mar 2026 10:00:00 GMT",
    "01 Mar 2026 10:00:00 IST",
    "01 Mar 2026 10:00:00 A",
    "03/01/2026 10:00:00 GMT",
    " ".repeat(200),
  ])("%j is no instant", (text) => {
    expect(kept(text, "UTC")).toBeUndefined();
  });

  test.each(["Europe/Oslo", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])(
    "without an offset it is what the clocks of %s show, or the earlier of two instants",
    (zone) => {
      const clock = new Intl.DateTimeFormat("sv-SE", {
        timeZone: zone,
        dateStyle: "short",
        timeStyle: "medium",
      });
      const since2000 = fc.integer({ min: Date.UTC(2000, 0, 1) / 1_000, max: Date.UTC(2035, 0, 1) / 1_000 });
      fc.assert(
        fc.property(since2000, (second) => {
          const shown = clock.format(second * 1_000);
          const read = readInstant(shown, zone);
          if ("wrong" in read) throw new Error(read.wrong);
          expect(clock.format(Date.parse(read.instant))).toBe(shown);
          expect(Date.parse(read.instant)).toBeLessThanOrEqual(second * 1_000);
          if (read.detail === undefined) expect(Date.parse(read.instant)).toBe(second * 1_000);
        }),
        { numRuns: 300 },
      );
    },
  );
});

describe("when instants are compared", () => {
  test("a finer one stands between the milliseconds around it", () => {
    const dates = ["2026-01-01T00:00:00.122Z", "2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.123456Z"];
    const sorted = [...dates, "2026-01-01T00:00:00.124Z"];
    expect(sorted.toReversed().sort(compareInstants)).toEqual(sorted);
  });

  test("it is the order of the numbers, and of texts of one length", () => {
    const instant = fc.tuple(fc.integer({ min: 0, max: 3 }), micros).map(([second, micro]) => {
      return {
        number: second * 1e6 + micro,
        text: kept(`2026-01-01T00:00:0${second}.${String(micro).padStart(6, "0")}Z`),
      };
    });
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        const [first, second] = [a.text as string, b.text as string];
        expect(Math.sign(compareInstants(first, second))).toBe(Math.sign(a.number - b.number));
        if (first.length === second.length && first < second) expect(compareInstants(first, second)).toBe(-1);
      }),
    );
  });
});

test("when clocks change, an embargo takes the later instant, because nothing may be seen early", () => {
  const zone = "Europe/Oslo";
  const [twice, never] = ["2027-10-31T02:30:00", "2027-03-28T02:30:00"];
  expect(readInstant(twice, zone)).toMatchObject({ instant: "2027-10-31T00:30:00.000Z" });
  expect(readInstant(twice, zone, true)).toMatchObject({ instant: "2027-10-31T01:30:00.000Z" });
  expect(readInstant(never, zone, true)).toMatchObject({ instant: "2027-03-28T01:30:00.000Z" });
  const sent = { id: "a", url: "https://a.example/", headline: "x", published: "2026-01-01T00:00:00Z" };
  const context = { now: Date.parse("2027-01-01T00:00:00Z"), timeZone: zone };
  const { article } = readArticle({ ...sent, embargo: twice, expires: twice }, context);
  expect(article).toMatchObject({ embargo: "2027-10-31T01:30:00.000Z", expires: "2027-10-31T00:30:00.000Z" });
});
