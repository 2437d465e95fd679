import { describe, expect, test } from "vitest";
import type { Published } from "../../src/core/article.ts";
import type { StoredRecord } from "../../src/core/record.ts";
import { shownArticle } from "../../src/core/version.ts";
import { historyAfter } from "../../src/ingest/history.ts";
import { MAX_HISTORY } from "../../src/ingest/limits.ts";
import { published, withdrawn } from "../support/articles.ts";

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString();

/** The n-th version, with this change. */
function version(n: number, change?: Published["change"], fields: Partial<Published> = {}): Published {
  const told = change === undefined ? {} : { change };
  return published({ published: minute(0), updated: minute(n), ...told, ...fields });
}

/** The record after these versions, one after the other. */
function taken(...versions: StoredRecord["article"][]): StoredRecord {
  const records = versions.map((article): StoredRecord => ({ article, feeds: [] }));
  return records.reduce<StoredRecord | undefined>(
    (current, next) => ({ ...next, history: historyAfter(current, next, false) }),
    undefined,
  ) as StoredRecord;
}

const then = (current: StoredRecord, article: StoredRecord["article"], isEdition = false) =>
  historyAfter(current, { article, feeds: [] }, isEdition);

const correction = (note: string) => ({ kind: "correction" as const, note });

describe("the history of a record", () => {
  test("when versions have a change, it has each change with the date of its version", () => {
    const { history } = taken(
      version(0),
      version(1, correction("2 km.")),
      version(2),
      version(3, { kind: "update" }),
    );
    expect(history).toEqual([
      { kind: "correction", note: "2 km.", at: minute(1) },
      { kind: "update", at: minute(3) },
    ]);
  });

  test("when no version has a change, there is none", () => {
    expect(taken(version(0), version(1)).history).toEqual([]);
  });

  test("when the next version still has the same note, the note is told once", () => {
    const { history } = taken(version(1, correction("2 km.")), version(2, correction("2 km.")));
    expect(history).toEqual([{ kind: "correction", note: "2 km.", at: minute(1) }]);
    const updates = taken(version(1, { kind: "update" }), version(2, { kind: "update" }));
    expect(updates.history).toHaveLength(2);
  });

  test("when a version comes again with other content, its change takes the place of the first one", () => {
    const first = taken(version(1, correction("a")), version(2, correction("b")));
    expect(then(first, version(2, correction("c")), true).map(({ note }) => note)).toEqual(["a", "c"]);
    expect(then(first, version(2, correction("b")), true).map(({ note }) => note)).toEqual(["a", "b"]);
    expect(then(first, version(2), true).map(({ note }) => note)).toEqual(["a"]);
    const plain = taken(version(1, correction("a"), { revision: 1 }), version(1, undefined, { revision: 2 }));
    expect(then(plain, version(1, undefined, { revision: 2 }), true)).toHaveLength(1);
  });

  test("when versions of one date differ by revision, each change stays", () => {
    const { history } = taken(
      version(1, correction("a"), { revision: 1 }),
      version(1, undefined, { revision: 2 }),
    );
    expect(history).toHaveLength(1);
  });

  test("when there are more changes than it may have, the last ones stay", () => {
    const versions = Array.from({ length: MAX_HISTORY + 5 }, (_, n) => version(n, correction(`${n}`)));
    const { history = [] } = taken(...versions);
    expect(history).toHaveLength(MAX_HISTORY);
    expect(history.at(-1)?.note).toBe(String(MAX_HISTORY + 4));
  });

  test("when a record was stored before the wire kept histories, it begins with the change of that version", () => {
    const stored: StoredRecord = { article: version(1, correction("a")), feeds: [] };
    expect(then(stored, version(2))).toEqual([{ kind: "correction", note: "a", at: minute(1) }]);
  });

  test("when the article is killed, nothing stays of it", () => {
    const current = taken(version(1, correction("a")));
    expect(then(current, withdrawn({ updated: minute(2) }))).toEqual([]);
    expect(taken(version(1, correction("a")), withdrawn({ updated: minute(2) }), version(3)).history).toEqual(
      [],
    );
  });

  test("when updated is before published, the change has the date that documents show", () => {
    const scheduled = version(0, correction("a"), { published: minute(9), updated: minute(1) });
    expect(taken(scheduled).history).toEqual([{ kind: "correction", note: "a", at: minute(9) }]);
  });
});

describe("the article as documents show it", () => {
  const record = taken(version(1, correction("a")));

  test("when its record sends no list of changes, it has that of the wire", () => {
    expect(shownArticle(record)?.corrections).toEqual(record.history);
  });

  test("when its record sends a list, the list of the wire is not shown", () => {
    const own = [{ kind: "update" as const, at: minute(5) }];
    const article = version(1, undefined, { corrections: own });
    expect(shownArticle({ ...record, article })?.corrections).toEqual(own);
  });

  test("when that list has a date ahead of the wire's clock, documents show the time at which the version came", () => {
    const own = [{ kind: "update" as const, at: minute(5) }];
    const article = version(1, undefined, { corrections: own });
    const shown = shownArticle({ ...record, article, accepted: minute(4) });
    expect(shown?.corrections).toEqual([{ kind: "update", at: minute(4) }]);
  });
});
