import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FORMAT_NAMES, type FormatName } from "../support/documents.ts";
import {
  FEEDS,
  type Feed,
  GUIDS,
  KILLED_WORDS,
  NOTES,
  NOTICE,
  REASON,
  type RecordedDay,
  recordTheDay,
  STEPS,
  type Step,
  TIMES,
} from "../support/editors-day.ts";
import { SEEN, type SeenDocument } from "../support/seen-entries.ts";

/* The editor's day: break, update, correct, end of the flag, kill; and the documents after each step. */

const folder = mkdtempSync(join(tmpdir(), "flashwire-day-"));
let bytesOf: RecordedDay;
beforeAll(async () => {
  bytesOf = await recordTheDay({ data: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (step: Step, feed: Feed, format: FormatName) =>
  Buffer.from(bytesOf(step, feed, format)).toString();
const seen = (step: Step, feed: Feed, format: FormatName): SeenDocument =>
  SEEN[format](bytesOf(step, feed, format));

describe.each(FORMAT_NAMES)("when the editor's day is seen in %s", (format) => {
  const fire = (step: Step, feed: Feed = "all") =>
    seen(step, feed, format).entries.find(({ id }) => id === GUIDS.fire);
  const ids = (step: Step, feed: Feed) => seen(step, feed, format).entries.map(({ id }) => id);

  test("before the story breaks, `all` has the other story and `breaking` is an empty document", () => {
    expect([ids("before", "all"), ids("before", "breaking")]).toEqual([[GUIDS.ferry], []]);
  });

  test("when the story breaks, it is on top of `all` and in `breaking`, with its flag and its label", () => {
    expect([ids("break", "all"), ids("break", "breaking")]).toEqual([
      [GUIDS.fire, GUIDS.ferry],
      [GUIDS.fire],
    ]);
    for (const feed of FEEDS) {
      expect(fire("break", feed)).toMatchObject({
        breaking: "flash",
        labels: ["Breaking news", "City"],
        content: "<p>A fire has broken out at pier 4.</p>",
        published: TIMES.break,
        updated: TIMES.break,
      });
    }
  });

  test("when it is updated, its content begins with kind, date and note of the update", () => {
    for (const feed of FEEDS) {
      const entry = fire("update", feed);
      expect(entry).toMatchObject({ breaking: "flash", labels: ["Breaking news", "Update", "City"] });
      expect(blockOf(entry?.content)).toEqual([["Update", TIMES.update, NOTES.update]]);
      expect(entry?.content).toContain("The fire brigade is there.");
      expect([entry?.published, entry?.updated]).toEqual([TIMES.break, TIMES.update]);
    }
  });

  test("when it is corrected, the correction stands first, the update below it, and it is breaking news still", () => {
    for (const feed of FEEDS) {
      const entry = fire("correct", feed);
      expect(entry).toMatchObject({ breaking: "flash", labels: ["Breaking news", "Correction", "City"] });
      expect(blockOf(entry?.content)).toEqual([
        ["Correction", TIMES.correct, NOTES.correction],
        ["Update", TIMES.update, NOTES.update],
      ]);
      expect(entry?.content).toContain("broken out at pier 9");
      expect(entry?.content.replace(NOTES.correction, "")).not.toContain("pier 4");
    }
    expect(ids("correct", "breaking")).toEqual([GUIDS.fire]);
  });

  test("when its `until` has come, the flag and the label are gone, the correction stays, and no date moves", () => {
    expect([ids("end", "all"), ids("end", "breaking")]).toEqual([[GUIDS.fire, GUIDS.ferry], []]);
    expect(fire("end")).toEqual({
      ...fire("correct"),
      breaking: undefined,
      labels: ["Correction", "City"],
    });
    expect(textOf("end", "all", format)).not.toMatch(/Breaking news|"flash"/);
  });

  test("when it is killed, a stub stands in its place in both feeds, under its identifier and its date of publication", () => {
    expect([ids("other", "all"), ids("other", "breaking")]).toEqual([
      [GUIDS.market, GUIDS.fire, GUIDS.ferry],
      [],
    ]);
    expect([ids("kill", "all"), ids("kill", "breaking")]).toEqual([ids("other", "all"), [GUIDS.fire]]);
    for (const feed of FEEDS) {
      const stub = fire("kill", feed);
      expect(stub).toMatchObject({
        isStub: true,
        headline: "Withdrawn",
        labels: [],
        breaking: undefined,
        published: TIMES.break,
        updated: TIMES.kill,
      });
      expect(stub?.content.replace(/<\/?p>/g, "")).toBe(NOTICE);
    }
  });

  test("when it is killed, no document has anything of it, nor the private reason", () => {
    for (const word of KILLED_WORDS.filter((word) => !REASON.includes(word)))
      expect(textOf("correct", "all", format)).toContain(word);
    for (const feed of FEEDS)
      for (const word of KILLED_WORDS) expect(textOf("kill", feed, format)).not.toContain(word);
  });

  test("when it is killed, a tombstone that is later than the stub names it, except in RSS, which has none", () => {
    const wanted = format === "rss" ? [] : [{ id: GUIDS.fire, isLater: true }];
    for (const feed of FEEDS) {
      expect(seen("other", feed, format).tombstones).toEqual([]);
      const { tombstones } = seen("kill", feed, format);
      const found = tombstones.map(({ id, when }) => ({
        id,
        isLater: Date.parse(when) > Date.parse(TIMES.kill),
      }));
      expect(found).toEqual(wanted);
    }
  });

  test("the other story keeps its place, and shows its own correction from its step on", () => {
    const ferry = (step: Step) => seen(step, "all", format).entries.find(({ id }) => id === GUIDS.ferry);
    for (const step of ["correct", "end", "other", "kill"] as const)
      expect(blockOf(ferry(step)?.content)).toEqual([["Correction", TIMES.correct, NOTES.ferry]]);
    expect(ferry("kill")).toEqual(ferry("correct"));
  });

  test("no document returns to bytes that the document had before", () => {
    const all = STEPS.map((step) => textOf(step, "all", format));
    expect(new Set(all).size).toBe(STEPS.length);
    // The third story is not in `breaking`. The end of the flag must not bring the empty document back.
    const breaking = STEPS.filter((step) => step !== "other").map((step) => textOf(step, "breaking", format));
    expect(new Set(breaking).size).toBe(STEPS.length - 1);
  });
});

/** The paragraphs of the block of changes: label, date, note. */
function blockOf(content = ""): string[][] {
  const [, block = ""] = /^<div class="flashwire-changes"[^>]*>(.*?)<\/div>/.exec(content) ?? [];
  return [
    ...block.matchAll(/<p><strong>(.*?)<\/strong> · <time datetime="(.*?)">.*?<\/time><br\/>(.*?)<\/p>/g),
  ].map(([, label = "", date = "", note = ""]) => [label, date, note]);
}
