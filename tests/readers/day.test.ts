import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import site from "../../flashwire.config.ts";
import { FORMAT_NAMES } from "../support/documents.ts";
import {
  type Feed,
  GUIDS,
  KILLED_WORDS,
  NOTES,
  NOTICE,
  type RecordedDay,
  recordTheDay,
  STEPS,
  type Step,
} from "../support/editors-day.ts";
import { siteFileWith } from "../support/site-file.ts";
import { ENTRIES_OF } from "./entries.ts";
import { type Polled, subscribe } from "./fresh-rss.ts";

/* The editor's day for subscribers who know a story by its guid and its content, and never heard of tombstones. */

const folder = mkdtempSync(join(tmpdir(), "flashwire-fresh-rss-day-"));
const siteFile = siteFileWith({ ...site, size: 1 });
/** On a wire whose feeds show the newest story alone, a correction and a kill reach stories that have left them. */
const DAYS = { wide: { data: join(folder, "wide") }, narrow: { data: join(folder, "narrow"), siteFile } };
let days: Record<keyof typeof DAYS, RecordedDay>;
beforeAll(async () => {
  days = { wide: await recordTheDay(DAYS.wide), narrow: await recordTheDay(DAYS.narrow) };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { fire, ferry, market } = GUIDS;
/** What each step brings to one that reads the feed `all`. */
const POLLED_IN_ALL: Record<Step, Polled> = {
  before: { added: [ferry], replaced: [] },
  break: { added: [fire], replaced: [] },
  update: { added: [], replaced: [fire] },
  correct: { added: [], replaced: [fire, ferry] },
  end: { added: [], replaced: [fire] },
  other: { added: [market], replaced: [] },
  kill: { added: [], replaced: [fire] },
};
const NOTHING: Polled = { added: [], replaced: [] };

describe.each(FORMAT_NAMES)("when FreshRSS follows the editor's day in %s", (format) => {
  /** A subscription that polls after these steps, and what each poll brought. */
  function follow(feed: Feed, steps: readonly Step[], day = days.wide) {
    const subscription = subscribe();
    const polls = steps.map((step) => {
      const entries = ENTRIES_OF[format](Buffer.from(day(step, feed, format)).toString());
      return [step, subscription.poll(entries), subscription.poll(entries)] as const;
    });
    const polled = Object.fromEntries(polls.map(([step, first]) => [step, first]));
    const again = polls.map(([, , second]) => second);
    const kept = (guid: string) => subscription.kept().filter((entry) => entry.guid === guid);
    return { polled, again, kept, all: subscription.kept };
  }

  test("it replaces the story in place at each step, and never takes it for a second one", () => {
    const { polled, again, all } = follow("all", STEPS);
    expect(polled).toEqual(POLLED_IN_ALL);
    expect(again).toEqual(STEPS.map(() => NOTHING));
    expect(all()).toHaveLength(3);
  });

  test("it shows the flag, the note of each change, and then the story without the flag", () => {
    const shownAfter = (last: Step) => follow("all", STEPS.slice(0, STEPS.indexOf(last) + 1)).kept(fire)[0];
    expect(shownAfter("break")?.tags).toEqual(["Breaking news", "City"]);
    expect(shownAfter("update")?.content).toContain(NOTES.update);
    expect(shownAfter("correct")?.content).toContain(NOTES.correction);
    expect(shownAfter("correct")?.tags).toContain("Breaking news");
    expect(shownAfter("end")).toEqual({ ...shownAfter("correct"), tags: ["Correction", "City"] });
  });

  test.each([
    ["polls after each step", STEPS],
    ["has the breaking story and sleeps until the end", ["break", "kill"]],
    ["sleeps from before the first step until the end", ["before", "kill"]],
  ] as const)("after the kill, one that %s has the stub alone in each feed", (_, steps) => {
    for (const feed of ["all", "breaking"] as const) {
      const { kept, all } = follow(feed, steps);
      expect(kept(fire)).toMatchObject([
        { title: "Withdrawn", link: "", authors: [], tags: [], enclosures: [] },
      ]);
      expect(kept(fire)[0]?.content.replace(/<\/?p>/g, "")).toBe(NOTICE);
      for (const word of KILLED_WORDS) expect(JSON.stringify(all())).not.toContain(word);
    }
  });

  test("one that reads `breaking` keeps the story after it has left the feed, and the kill still replaces it", () => {
    const story = follow("breaking", ["break", "correct", "end"]).kept(fire);
    expect(story).toMatchObject([{ content: expect.stringContaining("pier 9") }]);
    const { polled, kept } = follow("breaking", ["break", "correct", "end", "kill"]);
    expect(polled.kill).toEqual({ added: [], replaced: [fire] });
    expect(kept(fire)).toMatchObject([{ title: "Withdrawn" }]);
  });

  test("one that sleeps through the day sees the correction of the other story when it wakes", () => {
    const { polled, kept } = follow("all", ["before", "kill"]);
    expect(polled.kill).toEqual({ added: [market, fire], replaced: [ferry] });
    expect(kept(ferry)).toMatchObject([{ content: expect.stringContaining(NOTES.ferry) }]);
  });

  test("where a document has the newest story alone, the correction and the kill of stories that left it come all the same", () => {
    const { polled, kept, all } = follow("all", STEPS, days.narrow);
    expect(polled).toEqual(POLLED_IN_ALL);
    expect(kept(fire)).toMatchObject([{ title: "Withdrawn" }]);
    expect(all()).toHaveLength(3);
    const slept = follow("all", ["before", "kill"], days.narrow);
    expect(slept.polled.kill).toEqual({ added: [market, fire], replaced: [ferry] });
    expect(slept.kept(ferry)).toMatchObject([{ content: expect.stringContaining(NOTES.ferry) }]);
  });
});
