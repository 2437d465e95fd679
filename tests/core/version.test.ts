import { expect, test } from "vitest";
import type { Article } from "../../src/core/article.ts";
import { compareVersions, dated, shownUpdated } from "../../src/core/version.ts";
import { published, withdrawn } from "../support/articles.ts";

const [DAY_1, DAY_2, DAY_3] = ["2026-11-01", "2026-11-02", "2026-11-03"].map(
  (day) => `${day}T08:00:00.000Z`,
) as [string, string, string];
const NOW = Date.parse("2026-11-20T00:00:00.000Z");
const live = (revision: number, updated: string, fields = {}) =>
  published({ published: DAY_1, revision, updated, ...fields });
const killed = (revision: number, updated: string) => withdrawn({ published: DAY_1, revision, updated });

test.each<[string, Article, Article, string]>([
  ["a later one keeps its date", live(2, DAY_3), live(1, DAY_2), DAY_3],
  ["the same date may stay: a typing error is no news", live(2, DAY_2), live(1, DAY_2), DAY_2],
  ["an earlier one is dated as what it replaces", live(2, DAY_1), live(1, DAY_3), DAY_3],
  [
    "a correction without a date of its own is of now",
    live(2, DAY_1, { change: { kind: "correction" } }),
    live(1, DAY_1),
    "2026-11-20T00:00:00.000Z",
  ],
  [
    "a correction with a date keeps it",
    live(2, DAY_3, { change: { kind: "correction" } }),
    live(1, DAY_2),
    DAY_3,
  ],
  ["a kill is not before what it kills", killed(2, DAY_1), live(1, DAY_3), DAY_3],
  ["a revival is after its kill", live(3, DAY_1), killed(2, DAY_3), "2026-11-03T08:00:00.001Z"],
  ["what comes again is what it was", live(2, DAY_1), live(2, DAY_3), DAY_3],
])("a version after another: %s", (_, article, current, updated) => {
  expect(dated(article, current, NOW).updated).toBe(updated);
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
  let current = versions[0] as Article;
  for (const next of versions.slice(1)) {
    expect(compareVersions(next, current)).toBeGreaterThan(0);
    expect(compareVersions(current, next)).toBeLessThan(0);
    current = dated(next, current, NOW);
    expect(current.updated).toBe(next.updated);
  }
  expect(versions.map(shownUpdated)).toEqual([
    ...Array(3).fill("2026-11-01T20:00:00.000Z"),
    "2026-11-01T10:00:00.000Z",
    "2026-11-01T10:05:00.000Z",
  ]);
});
