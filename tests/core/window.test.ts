import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Article, Published } from "../../src/core/article.ts";
import { overflowOf, withoutOld } from "../../src/core/contents.ts";
import { type Feed, placements } from "../../src/core/feed.ts";
import { CHANGES, MAX_LATE, MAX_STUBS, STUB_DAYS, TOMBSTONES, WINDOW_SLACK } from "../../src/core/limits.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import {
  addToShelves,
  closeRebuild,
  emptyShelves,
  emptyWindow,
  fold,
  isUnderfilled,
  openForRebuild,
  type Shelves,
  shown,
  type Window,
} from "../../src/core/window.ts";
import { published, TEST_SITE, withdrawn } from "../support/articles.ts";
import { feedAndRebuild, type RebuildStep } from "../support/rebuilds.ts";

const FEED: Feed = { name: "all", title: "All stories", size: 2, order: "published" };

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();
const record = (article: Article, accepted = article.updated): StoredRecord => ({
  article,
  feeds: ["all"],
  accepted,
});
const put = (window: Window, id: string, stored?: StoredRecord) => fold(TEST_SITE, FEED, window, id, stored);
const scanned = (records: Iterable<StoredRecord>): Shelves =>
  [...records].reduce(
    (found, stored) => addToShelves(TEST_SITE, FEED, found, stored, placements(TEST_SITE, stored)),
    emptyShelves(),
  );

/** The ids of all records that belong into the feed, newest first. */
function truth(records: Iterable<StoredRecord>): { id: string; date: string }[] {
  return [...records]
    .map(({ article }) => article)
    .filter(({ status }) => status === "published")
    .map(({ id, published: date }) => ({ id, date }))
    .sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : a.id < b.id ? -1 : 1));
}

/** A window says what it knows: all that ranks above its floor, or all there is. */
function expectToKnow(window: Window, records: Map<string, StoredRecord>): void {
  const all = truth(records.values());
  const { items, floor } = window.entries;
  const above = all.filter(
    ({ id, date }) => floor === undefined || date > floor.date || (date === floor.date && id < floor.id),
  );
  expect(items.map(({ id }) => id)).toEqual(above.map(({ id }) => id));
  if (isUnderfilled(FEED, window)) return;
  const newest = all.slice(0, FEED.size).map(({ id }) => id);
  expect(shown(FEED, window).entries.map(({ id }) => id)).toEqual(newest);
}

type Step =
  | { do: "publish"; id: string; second: number }
  | { do: "withdraw"; id: string; second: number }
  | RebuildStep;

const id = fc.constantFrom(..."abcdefgh");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("publish" as const), id, second: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("withdraw" as const), id, second: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.constant({ do: "open" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "finish" as const }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("scan" as const), id }) },
);

/** A feed through these steps. */
function feedInSteps() {
  const feed = feedAndRebuild(FEED);
  function run(now: Step): void {
    if ("second" in now) {
      const make = now.do === "publish" ? published : withdrawn;
      feed.store(now.id, record(make({ id: now.id, published: at(now.second), updated: at(now.second) })));
    } else feed.run(now);
  }
  return { ...feed, run };
}

describe("a window", () => {
  test("when stories come, go and are rebuilt in any order, it holds all that ranks above its floor", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 80 }), (steps) => {
        const { run, records, window } = feedInSteps();
        for (const now of [...steps, { do: "open" } as const, { do: "finish" } as const]) {
          run(now);
          if (window().rebuilding === undefined) expectToKnow(window(), records);
        }
        expect(window().rebuilding).toBeUndefined();
        expect(isUnderfilled(FEED, window())).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test("when a rebuild finds more than there is room for, its floor is in the window", () => {
    const records = Array.from({ length: FEED.size * WINDOW_SLACK + 1 }, (_, n) =>
      record(published({ id: String(n), published: at(n) })),
    );
    const found = scanned(records);
    const opened = openForRebuild(FEED, { ...emptyWindow(FEED), entries: found.entries }, "mine");
    const closed = closeRebuild(opened, found, "mine");
    expect(closed.entries.floor).toEqual({ date: at(0), id: "0" });
    // The entry at the floor would have to be shown, and only another rebuild can find it.
    const left = ["4", "3", "2"].reduce((window, name) => put(window, name), closed);
    expect(isUnderfilled(FEED, left)).toBe(true);
  });

  test.each(["tombstones", "changes", "late"] as const)(
    "when a rebuild finds a floor of its %s, it is in the window",
    (shelf) => {
      const make = shelf === "late" ? corrected : withdrawn;
      const records = overfull(TOMBSTONES + MAX_STUBS).map((id) =>
        record(make({ id, published: at(0), updated: at(Number(id)) })),
      );
      const found = scanned(records);
      expect(found[shelf].floor).toBeDefined();
      const opened = openForRebuild(FEED, { ...emptyWindow(FEED), [shelf]: found[shelf] }, "mine");
      expect(opened[shelf].floor).toBeUndefined();
      expect(closeRebuild(opened, found, "mine")[shelf]).toEqual(found[shelf]);
    },
  );

  test("when a younger rebuild has opened it, an older one leaves it open: the older one may have begun with a window that was lost since", () => {
    const old = record(published({ id: "a", published: at(1) }));
    const found = scanned([old]);
    const lost = emptyWindow(FEED);
    const young = openForRebuild(
      FEED,
      { ...lost, entries: { items: [], floor: { date: at(5), id: "x" } } },
      "young",
    );
    expect(closeRebuild(young, found, "old")).toBe(young);
    expect(isUnderfilled(FEED, young)).toBe(true);
    expect(closeRebuild(young, found, "young").rebuilding).toBeUndefined();
  });
});

/** One more than a shelf has room for that shows so many, so that it has a floor. */
const overfull = (shown: number) => Array.from({ length: shown * WINDOW_SLACK + 1 }, (_, n) => String(n));
const corrected = (fields: Partial<Published>) => published({ ...fields, change: { kind: "correction" } });

describe("a feed runs short", () => {
  const kills = (ids: string[]) =>
    ids.reduce(
      (window, name) => put(window, name, record(withdrawn({ id: name, updated: at(Number(name)) }))),
      emptyWindow(FEED),
    );

  test("when more tombstones than the slack have left it", () => {
    const ids = Array.from({ length: MAX_STUBS + TOMBSTONES * WINDOW_SLACK + 1 }, (_, n) => String(n));
    const window = kills(ids);
    const revived = (count: number) => {
      let left: Window = window;
      // Stories that were never in this feed, as far as their records tell.
      for (const name of ids.slice(-count))
        left = put(left, name, { ...record(withdrawn({ id: name })), feeds: [] });
      return { ...window, tombstones: left.tombstones };
    };
    const slack = TOMBSTONES * WINDOW_SLACK;
    expect(isUnderfilled(FEED, revived(slack))).toBe(false);
    expect(isUnderfilled(FEED, revived(slack + 1))).toBe(true);
  });

  test("when stubs were dropped: only where those that were dropped are young enough to be shown", () => {
    const ids = overfull(TOMBSTONES);
    const window = kills(ids);
    const old = { ...window.tombstones, floor: { date: at(-86_400 * (STUB_DAYS + 1)), id: "x" } };
    const young = { ...window.tombstones, floor: { date: at(-86_400 * (STUB_DAYS - 1)), id: "x" } };
    expect(isUnderfilled(FEED, { ...window, tombstones: old })).toBe(false);
    expect(isUnderfilled(FEED, { ...window, tombstones: young })).toBe(true);
    expect(isUnderfilled({ ...FEED, stubDays: 0 }, { ...window, tombstones: young })).toBe(false);
  });

  test("when more corrected stories than the slack have left it", () => {
    const ids = Array.from({ length: FEED.size + MAX_LATE * WINDOW_SLACK + 1 }, (_, n) => String(n));
    const window = ids.reduce(
      (window, id) => put(window, id, record(corrected({ id, published: at(0), updated: at(Number(id)) }))),
      emptyWindow(FEED),
    );
    const without = (count: number) => {
      let left: Window = window;
      for (const name of ids.slice(-count)) left = put(left, name);
      return { ...window, late: left.late };
    };
    expect(isUnderfilled(FEED, without(MAX_LATE))).toBe(false);
    expect(isUnderfilled(FEED, without(MAX_LATE + FEED.size + 1))).toBe(true);
  });

  test("when more changes than the slack have left it", () => {
    const ids = overfull(CHANGES);
    const without = (count: number) => ids.slice(-count).reduce((left, name) => put(left, name), kills(ids));
    expect(isUnderfilled(FEED, without(CHANGES))).toBe(false);
    expect(isUnderfilled(FEED, without(CHANGES + 1))).toBe(true);
  });

  test("only when something was dropped for want of room", () => {
    const ids = overfull(CHANGES).slice(1);
    const window = ids.reduce((left, name) => put(left, name), kills(ids));
    expect(window.changes).toEqual({ items: [] });
    expect(isUnderfilled(FEED, window)).toBe(false);
  });
});

describe("a feed whose order the site file has changed", () => {
  const OTHER: Feed = { ...FEED, size: 20, order: "updated" };
  const stories = Array.from({ length: 12 }, (_, n) =>
    record(published({ id: `story-${n}`, published: at(n), updated: at(100 + ((n * 5) % 12)) })),
  );
  const before = stories.reduce(
    (window, stored) => fold(TEST_SITE, { ...OTHER, order: "published" }, window, stored.article.id, stored),
    emptyWindow({ ...OTHER, order: "published" }),
  );

  test("when a story comes, its entries stand in the new order", () => {
    const next = record(published({ id: "next", published: at(20), updated: at(105) }));
    const dates = fold(TEST_SITE, OTHER, before, "next", next).entries.items.map(({ updated }) => updated);
    expect(dates).toHaveLength(13);
    expect(dates).toEqual(dates.toSorted().reverse());
  });

  test("when nothing comes, the window stays as it is, for the next rollout to make", () => {
    expect(fold(TEST_SITE, OTHER, before, "story-3", stories[3])).toBe(before);
  });
});

describe("when 20,000 corrections come at once", () => {
  const COUNT = 20_000;
  const ALL: Feed = { name: "all", title: "All stories", size: 50, order: "published" };
  /** A story of last year that is corrected now. */
  const lateCorrection = (n: number) =>
    record(
      corrected({ id: `old-${n}`, published: at(n - 86_400 * 365), updated: at(COUNT + n) }),
      at(COUNT + n),
    );
  const news = Array.from({ length: 60 }, (_, n) => record(published({ id: `new-${n}`, published: at(n) })));
  const window = [...news, ...Array.from({ length: COUNT }, (_, n) => lateCorrection(n))].reduce(
    (window, stored) => withoutOld(ALL, fold(TEST_SITE, ALL, window, stored.article.id, stored)),
    emptyWindow(ALL),
  );

  test("the newest stories stay, and the last 100 corrections stand behind them", () => {
    const ids = shown(ALL, window).entries.map(({ id }) => id);
    expect(ids.slice(0, ALL.size)).toEqual(Array.from({ length: ALL.size }, (_, n) => `new-${59 - n}`));
    expect(ids.slice(ALL.size)).toEqual(Array.from({ length: MAX_LATE }, (_, n) => `old-${COUNT - 1 - n}`));
    expect(isUnderfilled(ALL, window)).toBe(false);
  });

  test("the window says that at least as many as it has room for are left out", () => {
    const room = ALL.size + MAX_LATE * WINDOW_SLACK;
    expect(overflowOf(ALL, window)).toEqual({ late: room - MAX_LATE, stubs: 0, isMore: true });
  });

  test("after eight days of news, none of them is shown, and the window has dropped those of twice the period", () => {
    const later = (days: number) =>
      fold(
        TEST_SITE,
        ALL,
        window,
        "later",
        record(published({ id: "later", published: at(COUNT + 86_400 * days) })),
      );
    expect(shown(ALL, later(8)).entries).toHaveLength(ALL.size);
    expect(overflowOf(ALL, later(8))).toEqual({ late: 0, stubs: 0, isMore: false });
    expect(withoutOld(ALL, later(8)).late.items).not.toEqual([]);
    expect(withoutOld(ALL, later(15)).late.items).toEqual([]);
    expect(isUnderfilled(ALL, withoutOld(ALL, later(15)))).toBe(false);
  });

  test.each([
    ["a correction that is none", { corrections: [null] }, undefined],
    ["a correction without a date", { corrections: [{ kind: "correction" }] }, undefined],
    ["a number for a date", { corrections: [{ kind: "correction", at: 7 }] }, undefined],
    ["a text for a list", { corrections: "none" }, undefined],
    ["a change that is none", { change: null }, undefined],
    [
      "a right one beside a wrong one",
      { corrections: [null, { kind: "correction", at: at(1) }] },
      { corrected: at(1) },
    ],
  ])("when somebody has put %s into a record by hand, the story stays in its window", (_, parts, late) => {
    const edited = record({ ...published({ id: "a", published: at(2) }), ...parts } as Published);
    const window = put(emptyWindow(FEED), "a", edited);
    expect(window.entries.items.map(({ id }) => id)).toEqual(["a"]);
    expect(window.late.items).toMatchObject(late === undefined ? [] : [late]);
  });
});
