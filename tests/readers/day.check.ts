import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import site from "../../flashwire.config.ts";
import {
  GUIDS,
  KILLED_WORDS,
  liveTheDay,
  NOTES,
  NOTICE,
  STEPS,
  type Step,
  TIMES,
} from "../support/editors-day.ts";
import { siteFileWith } from "../support/site-file.ts";
import { type Kept, loadFeed } from "./newsboat.ts";

/* The editor's day in three newsboats, on a wire whose headlines have labels: newsboat shows no categories. */

const POLLS: Record<string, (step: Step) => boolean> = {
  "polls after each step": () => true,
  "has the breaking story and sleeps until the end": (step) => ["break", "kill"].includes(step),
  "subscribes before the first step and sleeps until the end": (step) => ["before", "kill"].includes(step),
};
const [ATTENTIVE = "", HAS_IT = "", SLEEPER = ""] = Object.keys(POLLS);

const folder = mkdtempSync(join(tmpdir(), "flashwire-newsboat-day-"));
const siteFile = siteFileWith({ ...site, headlineLabels: ["breaking", "correction"] });
/** `reader step feed` → what the reader has after it. */
const kept = new Map<string, Kept[]>();

const FEEDS = ["all/rss.xml", "all/atom.xml", "breaking/rss.xml", "breaking/atom.xml"];

beforeAll(() =>
  liveTheDay({
    data: join(folder, "data"),
    siteFile,
    async after(step, url) {
      for (const [reader, polls] of Object.entries(POLLS))
        for (const feed of polls(step) ? FEEDS : []) {
          const newsboat = await loadFeed(`${url}/feeds/${feed}`, join(folder, reader, feed));
          kept.set(`${reader} ${step} ${feed}`, newsboat.kept());
        }
    },
  }),
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const has = (reader: string, step: Step, feed: string) => kept.get(`${reader} ${step} ${feed}`) ?? [];
const found = (reader: string, step: Step, feed: string, guid: string) =>
  has(reader, step, feed).filter((story) => story.guid === guid);

describe.each(["all/rss.xml", "all/atom.xml"])("on the editor's day, in %s", (feed) => {
  const fireAt = (step: Step) => found(ATTENTIVE, step, feed, GUIDS.fire)[0];

  test("a newsboat that polls after each step shows the story with its flag, then with each note, then without the flag", () => {
    expect(fireAt("break")).toMatchObject({
      title: "Breaking: Fire at the harbour",
      content: "<p>A fire has broken out at pier 4.</p>",
    });
    expect(fireAt("update")).toMatchObject({ title: "Breaking: Fire at the harbour" });
    expect(fireAt("update")?.content).toMatch(beginningWith(["Update", NOTES.update]));
    expect(fireAt("correct")).toMatchObject({ title: "Breaking: Fire at the harbour" });
    expect(fireAt("correct")?.content).toMatch(
      beginningWith(["Correction", NOTES.correction], ["Update", NOTES.update]),
    );
    expect(fireAt("end")).toEqual({ ...fireAt("correct"), title: "Correction: Fire at the harbour" });
  });

  test("a newsboat that polls after each step has the story once at each step, and with one date", () => {
    const stories = STEPS.slice(1).map((step) => found(ATTENTIVE, step, feed, GUIDS.fire));
    const published = Date.parse(TIMES.break) / 1_000;
    expect(stories.map((entries) => entries.map(({ pubDate }) => pubDate))).toEqual(
      stories.map(() => [published]),
    );
  });

  test("a newsboat that sleeps through the day shows the note of the correction when it wakes", () => {
    const [before] = found(SLEEPER, "before", feed, GUIDS.ferry);
    expect(before).toMatchObject({ title: "The ferry is back", content: expect.stringContaining("at six") });
    const after = found(SLEEPER, "kill", feed, GUIDS.ferry);
    expect(after).toMatchObject([{ title: "Correction: The ferry is back" }]);
    expect(after[0]?.content).toMatch(beginningWith(["Correction", NOTES.ferry]));
  });
});

describe.each(FEEDS)("after the kill, in %s", (feed) => {
  test.each(Object.keys(POLLS))("a newsboat that %s has the stub in the place of the story", (reader) => {
    const stubs = found(reader, "kill", feed, GUIDS.fire);
    expect(stubs).toMatchObject([{ title: "Withdrawn", url: "", author: "", enclosure: "" }]);
    expect(stubs[0]?.content.replace(/<\/?p>/g, "")).toBe(NOTICE);
    expect(has(reader, "kill", feed)).toHaveLength(feed.startsWith("all/") ? 3 : 1);
  });

  test.each(Object.keys(POLLS))("a newsboat that %s has nothing of the killed story", (reader) => {
    const everything = JSON.stringify(has(reader, "kill", feed));
    for (const word of KILLED_WORDS) expect(everything).not.toContain(word);
  });

  test("the newsboats that saw the story had it until then", () => {
    for (const [reader, step] of [
      [ATTENTIVE, "other"],
      [HAS_IT, "break"],
    ] as const)
      expect(JSON.stringify(found(reader, step, feed, GUIDS.fire))).toContain("Fire at the harbour");
  });
});

/** A content that begins with these changes: label, then note. */
function beginningWith(...changes: [label: string, note: string][]): RegExp {
  const paragraphs = changes.map(
    ([label, note]) => `<p><strong>${label}</strong> · <time [^>]*>[^<]*</time><br/>${note}</p>`,
  );
  return new RegExp(`^<div class="flashwire-changes"[^>]*>${paragraphs.join("")}</div>`);
}
