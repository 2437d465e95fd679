import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { type Contents, overflowOf, withoutOld } from "../../src/core/contents.ts";
import type { Feed } from "../../src/core/feed.ts";
import { DAY_MS, LATE_DAYS, MAX_LATE, MAX_STUBS } from "../../src/core/limits.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { fold, isUnderfilled, shown, type Window } from "../../src/core/window.ts";
import { published, TEST_SITE, withdrawn } from "../support/articles.ts";
import { feedAndRebuild, type RebuildStep } from "../support/rebuilds.ts";

/** Small shelves, so that a few stories overflow them. */
vi.mock("../../src/core/limits.ts", async (original) => ({
  ...(await original<typeof import("../../src/core/limits.ts")>()),
  MAX_LATE: 2,
  MAX_STUBS: 2,
  TOMBSTONES: 1,
  CHANGES: 2,
}));

const FEED: Feed = { name: "all", title: "All stories", size: 2, order: "published", stubDays: 3 };

const day = (days: number) => Date.UTC(2026, 0, 1) + days * DAY_MS;
const on = (days: number, id = "") => new Date(day(days) + (id === "" ? 0 : id.charCodeAt(0))).toISOString();
const put = (window: Window, id: string, stored?: StoredRecord) =>
  withoutOld(FEED, fold(TEST_SITE, FEED, window, id, stored));

type Kind = "publish" | "correct" | "withdraw";
type Step = { do: Kind; id: string; days: number } | RebuildStep;

/** A story came in on day 0 to 9; what happens to it happens later, and is taken in when it happens. */
function recordOf(kind: Kind, id: string, days: number): StoredRecord {
  const dates = { id, published: on((id.charCodeAt(0) - 97) % 10, id), updated: on(days + 10, id) };
  const change = kind === "correct" ? { change: { kind: "correction" as const } } : {};
  const article = kind === "withdraw" ? withdrawn(dates) : published({ ...dates, ...change });
  return { article, feeds: ["all"], accepted: dates.updated };
}

const id = fc.constantFrom(..."abcdefghij");
const days = fc.nat(25);
const send = (kind: Kind) => fc.record({ do: fc.constant(kind), id, days });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: send("publish") },
  { weight: 5, arbitrary: send("correct") },
  { weight: 4, arbitrary: send("withdraw") },
  { weight: 1, arbitrary: fc.constant({ do: "open" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "finish" as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("scan" as const), id }) },
);

/** A feed through these steps. */
function feedInSteps() {
  const feed = feedAndRebuild(FEED, (window) => withoutOld(FEED, window));
  const run = (now: Step) =>
    "days" in now ? feed.store(now.id, recordOf(now.do, now.id, now.days)) : feed.run(now);
  return { ...feed, run };
}

/** What the documents have to show, from the records alone. */
function truth(records: StoredRecord[], feedsNewest: number) {
  const newestFirst = (date: (record: StoredRecord) => string) =>
    records.toSorted((a, b) => (date(a) < date(b) ? 1 : -1)).map(({ article }) => article);
  const live = newestFirst(({ article }) => article.published).filter(({ status }) => status === "published");
  const newest = live.slice(0, FEED.size).map(({ id }) => id);
  const since = (date: string, days: number) => Date.parse(date) >= feedsNewest - days * DAY_MS;
  const changed = newestFirst(({ article }) => article.updated);
  const late = changed.filter(
    (article) =>
      article.status === "published" &&
      article.change !== undefined &&
      !newest.includes(article.id) &&
      since(article.updated, LATE_DAYS),
  );
  const killed = changed.filter(
    (article) => article.status === "withdrawn" && since(article.updated, FEED.stubDays as number),
  );
  const places = live.map(({ id }) => id);
  const shownLate = late.slice(0, MAX_LATE).map(({ id }) => id);
  return {
    entries: places.filter((id) => newest.includes(id) || shownLate.includes(id)),
    stubs: killed.slice(0, MAX_STUBS).map(({ id }) => id),
  };
}

const idsIn = ({ entries, stubs }: Contents) => ({
  entries: entries.map(({ id }) => id),
  stubs: stubs.map(({ id }) => id),
});

/** The newest date of what a reader finds, and of the newest changes. */
function newestIn(window: Window): number {
  const { entries, late, tombstones, changes } = window;
  const dates = [
    ...entries.items.slice(0, FEED.size).map(({ updated }) => updated),
    ...changes.items.slice(0, 2).map(({ updated }) => updated),
    late.items[0]?.updated,
    tombstones.items[0]?.accepted,
  ];
  return Math.max(...dates.map((date) => (date === undefined ? 0 : Date.parse(date))));
}

describe("what a feed shows beside its newest entries", () => {
  test("when stories come, are corrected, killed, revived and rebuilt in any order, it is what the records tell", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 30, maxLength: 70 }), (steps) => {
        const { run, records, window } = feedInSteps();
        for (const now of [...steps, { do: "open" } as const, { do: "finish" } as const]) {
          run(now);
          if (isUnderfilled(FEED, window())) continue;
          expect(idsIn(shown(FEED, window()))).toEqual(truth([...records.values()], newestIn(window())));
        }
        expect(isUnderfilled(FEED, window())).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("when a window drops what is old, the same record folded again changes nothing", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { run, records, window } = feedInSteps();
        for (const now of steps) run(now);
        for (const [id, record] of records) {
          const once = put(window(), id, record);
          expect(put(once, id, record)).toBe(once);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("when more is corrected than there is room for, it is told how much is left out at least", () => {
    const { run, window } = feedInSteps();
    for (const id of "jihgfedcba") run({ do: "correct", id, days: 10 });
    expect(shown(FEED, window()).entries).toHaveLength(FEED.size + MAX_LATE);
    expect(overflowOf(FEED, window())).toMatchObject({ stubs: 0, isMore: true });
    expect(overflowOf(FEED, window()).late).toBeGreaterThan(0);
  });
});
