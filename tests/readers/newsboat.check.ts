import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ChildWire, send, startChildWire } from "../support/child-wire.ts";
import { type Kept, loadFeed, type Newsboat, type Shown } from "./newsboat.ts";
import { READER_STORIES } from "./stories.ts";

/* Bylines, pictures and captions as newsboat shows them, of the documents that a running wire serves. */

const folder = mkdtempSync(join(tmpdir(), "flashwire-newsboat-"));
const HEADLINES = READER_STORIES.map(({ story }) => story.headline);
let wire: ChildWire;

beforeAll(async () => {
  wire = await startChildWire(join(folder, "data"));
  for (const { story } of READER_STORIES) expect(await send(wire.url, story, "?wait=published")).toBe(201);
});
afterAll(async () => {
  await wire?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(["rss.xml", "atom.xml"])("when newsboat reads %s", (file) => {
  let kept: Map<string, Kept>;
  let shown: Map<string, Shown>;
  beforeAll(async () => {
    const newsboat = await loadFeed(`${wire.url}/feeds/all/${file}`, join(folder, file));
    kept = byHeadline(newsboat);
    shown = await newsboat.shown(HEADLINES);
  });

  test("it has every story", () => {
    expect([...kept.keys()].sort()).toEqual(HEADLINES.toSorted());
  });

  test("it shows every person at most once, and one with an e-mail address without the address", () => {
    const author = shown.get("Two people wrote this")?.author;
    // It knows one person for an item of RSS, and takes the last.
    expect(author).toBe(file === "rss.xml" ? "Kim Lee" : "Ada Quill, Kim Lee");
    expect(kept.get("Two people wrote this")?.author).toBe(author);
  });

  test.each(READER_STORIES.map((each) => [each.story.headline, each] as const))(
    "%s: it shows each picture and all words once",
    (headline, { pictures, words, absent = [], download }) => {
      const story = shown.get(headline);
      expect(story?.pictures).toEqual(pictures);
      expect(story?.download).toBe(download);
      for (const part of words) expect([part, countOf(story?.text, part)]).toEqual([part, 1]);
      for (const part of absent) expect(story?.text).not.toContain(part);
    },
  );
});

test.each(["rss.xml", "atom.xml"])(
  "when a story is corrected that newsboat has shown, newsboat shows kind, date and note before the story (%s)",
  async (file) => {
    const id = `corrected-${file}`;
    const headline = `A tunnel in ${file}`;
    const url = `https://news.example.org/${id}`;
    const body = "<p>The tunnel is open.</p>";
    const story = { id, url, headline, section: file, published: "2026-11-02T08:00:00Z", body };
    const feed = `${wire.url}/feeds/section/${file.replace(".", "-")}/${file}`;
    const read = async () =>
      (await (await loadFeed(feed, join(folder, id))).shown([headline])).get(headline)?.text ?? "";
    const change = { kind: "correction" as const, note: "It is 4 km long." };
    const corrected = { ...story, change, updated: "2026-11-02T09:30:00Z" };

    expect(await send(wire.url, story, "?wait=published")).toBe(201);
    expect(await read()).toContain("The tunnel is open.");
    expect(await send(wire.url, corrected, "?wait=published")).toBe(200);
    const lines = (await read()).split("\n").map((line) => line.trim());
    const first = lines.indexOf("Correction · 2026-11-02 09:30 UTC");
    expect(lines.slice(first, first + 4)).toEqual([
      "Correction · 2026-11-02 09:30 UTC",
      "It is 4 km long.",
      "",
      "The tunnel is open.",
    ]);
  },
);

test.each(["rss.xml", "atom.xml"])(
  "when a story is killed that newsboat has, newsboat shows the stub in its place, also where newer stories came between (%s)",
  async (file) => {
    const id = `killed-${file}`;
    const headline = `A mistake in ${file}`;
    const section = `Desk ${file}`;
    const story = { id, url: `https://news.example.org/${id}`, headline, section };
    const dates = { published: "2026-11-02T08:00:00Z", updated: "2026-11-02T08:00:00Z" };
    const feed = `${wire.url}/feeds/section/desk-${file.replace(".", "-")}/${file}`;
    const keptAfterReload = async () => byHeadline(await loadFeed(feed, join(folder, id)));

    const wrong = { ...story, ...dates, body: "<p>Wrong.</p>" };
    expect(await send(wire.url, wrong, "?wait=published")).toBe(201);
    expect((await keptAfterReload()).get(headline)?.content).toContain("Wrong.");
    for (let n = 0; n < 60; n++) {
      const published = new Date(Date.UTC(2026, 10, 2, 9, n)).toISOString();
      const newer = {
        ...story,
        id: `${id}-${n}`,
        url: `${story.url}-${n}`,
        headline: `Newer ${n}`,
        published,
      };
      expect(await send(wire.url, newer, n === 59 ? "?wait=published" : "")).toBeLessThan(300);
    }
    const notice = "It named the wrong person.";
    const kill = { id, ...dates, updated: "2026-11-02T11:00:00Z", status: "withdrawn", notice };
    expect(await send(wire.url, kill)).toBe(200);
    const kept = await keptAfterReload();
    expect(kept.get("Withdrawn")?.content).toContain("It named the wrong person.");
    expect(kept.has(headline)).toBe(false);
    expect([...kept.values()].filter(({ content }) => content.includes("Wrong."))).toEqual([]);
  },
);

function byHeadline(newsboat: Newsboat): Map<string, Kept> {
  return new Map(newsboat.kept().map((story) => [story.title, story]));
}

function countOf(text = "", words: string): number {
  return text.split(words).length - 1;
}
