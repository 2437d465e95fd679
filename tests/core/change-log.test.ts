import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Change, changeTo, type Known } from "../../src/core/change.ts";
import {
  appended,
  emptyOpen,
  epochAfter,
  foldLog,
  lastSeq,
  type Open,
  type Page,
} from "../../src/core/change-log.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { storyState } from "../../src/core/story.ts";
import { published, TEST_SITE } from "../support/articles.ts";

const change = (id: string, order: number): Omit<Change, "seq"> => ({
  ...{ at: "", kind: "updated", id, guid: id, version: `${order}`, order: `${order}`.padStart(6, "0") },
  ...{ updated: "", feeds: ["all"], href: "", digest: "" },
});

test("when batches are appended, pages hold what was committed, without a gap, and fold with the open page to the newest versions", () => {
  const batch = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (batches, size) => {
      let open: Open = emptyOpen("e");
      const pages: Page[] = [];
      const ledger: Omit<Change, "seq">[] = [];
      for (const ids of batches) {
        const added = ids.map((id, i) => change(id, ledger.length + i));
        const { closed, next } = appended(open, added, size);
        for (const { number, page } of closed) {
          expect(number).toBe(pages.length);
          expect(page.changes).toHaveLength(size);
          // Nothing that is not committed yet.
          for (const { seq } of page.changes) expect(seq).toBeLessThanOrEqual(lastSeq(open));
          pages.push(page);
        }
        ledger.push(...added);
        expect(next.changes.length).toBeLessThan(size + added.length);
        open = next;
      }
      const all = [...pages.flatMap(({ changes }) => changes), ...open.changes];
      expect(all).toEqual(ledger.map((one, i) => ({ seq: i + 1, ...one })));
      expect(open.first).toBe(pages.length * size + 1);
      const folded = foldLog([], all);
      for (const one of ledger)
        expect(folded.get(one.id)?.order).toBe(ledger.findLast(({ id }) => id === one.id)?.order);
    }),
  );
});

test("when an epoch begins, its name is greater as text than that of the epoch before, whatever clock and chance say", () => {
  const time = fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) });
  const chance = fc.double({ min: 0, max: 0.999999, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(time, chance), { minLength: 2 }), (begun) => {
      let before: string | undefined;
      for (const [at, of] of begun) {
        const epoch = epochAfter(before, at, of);
        if (before !== undefined) expect(epoch > before).toBe(true);
        expect(epoch).toMatch(/^[0-9a-z]{14}$/);
        before = epoch;
      }
    }),
  );
});

describe("when a change is logged, its kind follows from what was logged last", () => {
  const record = (fields: object, rest: Partial<StoredRecord> = {}): StoredRecord => ({
    article: published({ id: "s", section: "World", ...fields }),
    feeds: ["all", "section/world"],
    accepted: "2026-03-02T00:00:00.000Z",
    ...rest,
  });
  const kill = (revision: number): StoredRecord => ({
    ...record({}),
    article: {
      id: "s",
      guid: "g",
      published: "2026-03-01T00:00:00.000Z",
      updated: "2026-03-01T00:00:00.000Z",
      revision,
      status: "withdrawn",
    },
  });
  const told = (one: StoredRecord, known: Known | undefined) => {
    const state = storyState(TEST_SITE, one);
    if (state === undefined) throw new Error("private");
    return changeTo(TEST_SITE, { record: one, state, digest: "d" }, known);
  };
  const known = (one: StoredRecord) => storyState(TEST_SITE, one);
  const live = record({ revision: 1 });
  const flash = record({ revision: 1, breaking: { level: "urgent" } });
  const withdrawal = { version: "2/withdrawn", order: "a0a2//1a1a0" };
  test.each([
    ["published", record({ revision: 1 }), undefined],
    ["updated", record({ revision: 2 }), known(live)],
    ["corrected", record({ revision: 2, change: { kind: "correction", note: "secret" } }), known(live)],
    ["clarified", record({ revision: 2, change: { kind: "clarification" } }), known(live)],
    ["breaking", record({ revision: 2, breaking: { level: "urgent" } }), known(live)],
    ["breaking", record({ revision: 2, breaking: { level: "flash" } }), known(flash)],
    ["updated", record({ revision: 2, breaking: { level: "urgent" } }), known(flash)],
    [
      "settled",
      record({ revision: 1, breaking: { level: "urgent" } }, { settled: true, phase: 1 }),
      known(flash),
    ],
    ["moved", record({ revision: 2, section: "Sport" }), known(live)],
    ["removed", record({ revision: 2, expires: "2026-03-01T00:00:00.000Z" }), known(live)],
    ["withdrawn", kill(1), known(live)],
    ["withdrawn", kill(1), undefined],
    ["restored", record({ revision: 3 }), known(kill(1))],
    ["restored", record({ revision: 3 }, { withdrawal }), known(live)],
  ])("%s", (kind, next, before) => {
    const found = told(next, before);
    expect(found?.kind).toBe(kind);
    expect(JSON.stringify(found)).not.toContain("secret");
    expect(found?.after).toEqual(next.withdrawal);
  });

  test("there is none where the log has the version, or a newer one", () => {
    expect(told(live, known(live))).toBeUndefined();
    expect(told(live, known(record({ revision: 2 })))).toBeUndefined();
  });

  test("it names no withdrawal that was logged", () => {
    expect(told(record({ revision: 3 }, { withdrawal }), known(kill(2)))).not.toHaveProperty("after");
  });
});
