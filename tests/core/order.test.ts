import fc from "fast-check";
import { expect, test } from "vitest";
import { orderOf } from "../../src/core/order.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { compareVersions, isDatedAhead } from "../../src/core/version.ts";
import { nextRecord, relate } from "../../src/ingest/next-record.ts";
import { believed } from "../../src/life/clock.ts";
import { advanced } from "../../src/life/due.ts";
import { published, TEST_SITE } from "../support/articles.ts";

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

/** Dates around the start, some far ahead, some with microseconds. */
const date = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.constantFrom(0, 0, 0, 400), fc.constantFrom("", "001", "9"))
  .map(([hours, days, digits]) => {
    const at = new Date(START + hours * 3_600_000 + days * DAY).toISOString();
    return digits === "" ? at : `${at.slice(0, -1)}${digits}Z`;
  });

const sent = fc.record({
  revision: fc.constantFrom(undefined, undefined, 1, 2, 9, 10, 123),
  updated: date,
  isKill: fc.boolean(),
  headline: fc.constantFrom("a", "b", "c"),
  breaking: fc.boolean(),
  /** Minutes since the version before. */
  later: fc.integer({ min: 0, max: 600 }),
  isAheadBy: fc.constantFrom(0, 0, 0, 500 * DAY),
});

function articleOf({
  revision,
  updated,
  isKill,
  headline,
  breaking,
}: typeof sent extends fc.Arbitrary<infer T> ? T : never) {
  const order = { updated, ...(revision !== undefined && { revision }) };
  if (isKill) return { id: "story", guid: "g", published: updated, status: "withdrawn" as const, ...order };
  return published({
    id: "story",
    guid: "g",
    headline,
    ...order,
    ...(breaking && { breaking: { level: "flash" } }),
  });
}

test("when versions, editions, phases and kills follow each other as the wire takes them in, and a wrong clock is set right, the order text only grows", () => {
  let steps = 0;
  fc.assert(
    fc.property(fc.array(sent, { minLength: 2, maxLength: 12 }), (versions) => {
      let current: StoredRecord | undefined;
      let now = START;
      const follow = (next: StoredRecord) => {
        if (current !== undefined) expect(orderOf(next) > orderOf(current)).toBe(true);
        current = next;
        steps++;
      };
      for (const version of versions) {
        now += version.later * 60_000;
        // The clock of the function that takes it in.
        const shown = now + version.isAheadBy;
        const right: StoredRecord | undefined =
          current && believed(current, { written: now, now: shown, sent: version.updated });
        const article = articleOf(version);
        const relation = relate(article, right, shown);
        if (!["first", "newer", "edition"].includes(relation)) continue;
        follow(nextRecord(TEST_SITE, article, { current: right, relation, found: [], now: shown }));
        const next = advanced(TEST_SITE, current as unknown as StoredRecord, shown + DAY);
        if (next !== undefined)
          follow({ ...next, phase: ((current as unknown as StoredRecord).phase ?? 0) + 1 });
        const redated = believed(current as unknown as StoredRecord, {
          written: now,
          now,
          sent: version.updated,
        });
        if (redated !== current)
          follow({ ...redated, phase: ((current as unknown as StoredRecord).phase ?? 0) + 1 });
      }
    }),
    { numRuns: 400 },
  );
  expect(steps).toBeGreaterThan(1_000);
});

test("when no date lies ahead, the order texts of two versions compare as the versions do", () => {
  fc.assert(
    fc.property(sent, sent, (a, b) => {
      const records = [a, b].map((one) => ({
        article: articleOf(one),
        accepted: new Date(START + 500 * DAY).toISOString(),
      }));
      const [first, second] = records as [StoredRecord, StoredRecord];
      fc.pre(!isDatedAhead(first) && !isDatedAhead(second));
      const [x, y] = [orderOf(first), orderOf(second)];
      expect(Math.sign(x < y ? -1 : x > y ? 1 : 0)).toBe(Math.sign(compareVersions(first, second)));
    }),
  );
});
