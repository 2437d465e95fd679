import { expect, test } from "vitest";
import type { Article } from "../../src/core/article.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { compareVersions, isDatedAhead, versionOf } from "../../src/core/version.ts";
import { published, withdrawn } from "../support/articles.ts";

const MORNING = "2026-11-01T08:00:00.000Z";
const EVENING = "2026-11-01T20:00:00.000Z";
const at = (updated: string, accepted = updated, fields = {}): StoredRecord => ({
  article: published({ published: MORNING, updated, ...fields }),
  feeds: [],
  accepted,
});

test("when two versions have revisions, the higher one is newer, whatever their dates are", () => {
  expect(compareVersions(at(MORNING, MORNING, { revision: 2 }), at(EVENING, EVENING, { revision: 1 }))).toBe(
    1,
  );
});

test("when a withdrawal has the version of the live article, it is newer", () => {
  const kill: Article = withdrawn({ published: MORNING, updated: EVENING });
  expect(compareVersions({ article: kill }, at(EVENING))).toBeGreaterThan(0);
});

test("when dates differ in microseconds alone, the later one is newer", () => {
  const [early, late] = [at("2026-11-01T08:00:00.123Z"), at("2026-11-01T08:00:00.123456Z")];
  expect(compareVersions(late, early)).toBeGreaterThan(0);
});

test("when a story was sent with local time as UTC, a correction with the right date is newer", () => {
  const wrong = at("2026-11-01T16:00:00.000Z", MORNING);
  const right = at("2026-11-01T08:10:00.000Z", "2026-11-01T08:10:01.000Z");
  expect(compareVersions(right, wrong)).toBeGreaterThan(0);
  expect(compareVersions(wrong, right)).toBeLessThan(0);
  expect(versionOf(wrong)).toBe(MORNING);
});

test("when two versions were both dated ahead, the dates that were sent order them", () => {
  const [first, second] = [at("2026-11-01T16:00:00.000Z", MORNING), at("2026-11-01T16:00:01.000Z", MORNING)];
  expect(compareVersions(second, first)).toBeGreaterThan(0);
});

test("when the newsroom's clock is two minutes ahead, its dates order the versions as they are", () => {
  expect(isDatedAhead(at("2026-11-01T08:02:00.000Z", MORNING))).toBe(false);
  expect(isDatedAhead(at("2026-11-01T08:02:00.001Z", MORNING))).toBe(true);
});

test("when several contents came under a version, its name tells the edition; a first one keeps the name it always had", () => {
  const kill = withdrawn({ published: MORNING, updated: EVENING });
  expect(versionOf(at(EVENING))).toBe(EVENING);
  expect(versionOf({ ...at(EVENING, EVENING, { revision: 7 }), edition: 2 })).toBe("7/2");
  expect(versionOf({ article: kill, feeds: [], edition: 3 })).toBe(`${EVENING}/withdrawn/3`);
});
