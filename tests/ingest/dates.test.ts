import { expect, test } from "vitest";
import type { Article } from "../../src/core/article.ts";
import { type StoredRecord, shownUpdated } from "../../src/core/record.ts";
import { compareVersions } from "../../src/core/version.ts";
import { datesShown } from "../../src/ingest/dates.ts";
import { published, withdrawn } from "../support/articles.ts";

const [DAY_1, DAY_2, DAY_3] = ["2026-11-01", "2026-11-02", "2026-11-03"].map(
  (day) => `${day}T08:00:00.000Z`,
) as [string, string, string];
const TODAY = "2026-11-20T00:00:00.000Z";
const NOW = Date.parse(TODAY);
const live = (revision: number, updated: string, fields = {}) =>
  published({ published: DAY_1, revision, updated, ...fields });
const killed = (revision: number, updated: string) => withdrawn({ published: DAY_1, revision, updated });
const CORRECTION = { change: { kind: "correction" as const } };

const after = (article: Article, current: StoredRecord | undefined, now = NOW): StoredRecord => ({
  article,
  feeds: [],
  accepted: new Date(now).toISOString(),
  dates: datesShown(article, current, now),
});

test.each<[string, Article, Article, string]>([
  ["a later one keeps its date", live(2, DAY_3), live(1, DAY_2), DAY_3],
  ["the same date may stay: a typing error is no news", live(2, DAY_2), live(1, DAY_2), DAY_2],
  ["an earlier one is dated as what it replaces", live(2, DAY_1), live(1, DAY_3), DAY_3],
  ["a correction without a date of its own is of now", live(2, DAY_1, CORRECTION), live(1, DAY_1), TODAY],
  ["a correction with a date keeps it", live(2, DAY_3, CORRECTION), live(1, DAY_2), DAY_3],
  ["a kill is not before what it kills", killed(2, DAY_1), live(1, DAY_3), DAY_3],
  ["a revival is after its kill", live(3, DAY_1), killed(2, DAY_3), "2026-11-03T08:00:00.001Z"],
  ["other content under the same version moves no date", live(2, DAY_1), live(2, DAY_3), DAY_3],
  ["a correction under the same version is of now", live(2, DAY_3, CORRECTION), live(2, DAY_3), TODAY],
  [
    "the same correction with another word moves no date",
    live(2, DAY_3, { ...CORRECTION, headline: "Other" }),
    live(2, DAY_3, CORRECTION),
    DAY_3,
  ],
])("when a version comes after another: %s", (_, article, current, updated) => {
  expect(shownUpdated(after(article, { article: current, feeds: [] }))).toBe(updated);
});

test("when a story is dated a minute ahead, documents show the instant at which it came first, in later versions too", () => {
  const sent = published({ published: "2026-11-20T00:01:00.000Z" });
  const first = after(sent, undefined);
  expect(first.dates).toEqual({ published: TODAY, updated: TODAY });
  const next = after({ ...sent, updated: "2026-11-20T00:05:00.000Z" }, first, NOW + 600_000);
  expect(next.dates).toEqual({ published: TODAY });
});

test("when a story is scheduled, edited twice, pulled forward and corrected, each version is newer than the one before", () => {
  const at = (time: string, updated: string) => published({ published: `2026-11-01T${time}`, updated });
  const versions = [
    at("20:00:00.000Z", "2026-11-01T08:00:00.000Z"),
    at("20:00:00.000Z", "2026-11-01T08:00:00.000100Z"),
    at("20:00:00.000Z", "2026-11-01T08:00:00.001Z"),
    at("10:00:00.000Z", "2026-11-01T09:59:59.967Z"),
    at("10:00:00.000Z", "2026-11-01T10:05:00.000Z"),
  ];
  let current: StoredRecord | undefined;
  for (const article of versions) {
    const next: StoredRecord = after(article, current);
    if (current !== undefined) {
      expect(compareVersions(next, current)).toBeGreaterThan(0);
      expect(compareVersions(current, next)).toBeLessThan(0);
    }
    current = next;
  }
  const shown = versions.map((article) => shownUpdated({ article, feeds: [] }));
  expect(shown).toEqual([
    ...Array(3).fill("2026-11-01T20:00:00.000Z"),
    "2026-11-01T10:00:00.000Z",
    "2026-11-01T10:05:00.000Z",
  ]);
});
