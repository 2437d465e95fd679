import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Feed } from "feed";
import { peakMegabytes } from "./support.ts";

/*
 * What a newsroom would write first, run as a process of its own: `node bench/naive.ts each|debounced FILE FOLDER [APART]`. It
 * keeps each article of a file of JSON lines, and writes each of its feeds whole in three formats, by `feed`: after each
 * article, or every two seconds as an embedded wire does in a bulk load. It checks and cleans nothing, and knows no
 * corrections, kills, pages or change log. The articles of the file APART come behind the others, with a pause before each.
 */

type Article = {
  id: string;
  url: string;
  headline: string;
  summary: string;
  body: string;
  published: string;
};
type Placed = Article & { section: string; language: string; tags: string[]; breaking?: boolean };

/**
 * What one run of the script took. `visible`, `apart`: milliseconds for each article of the one file, and of the other, until its documents
 * are written. `seconds`: for the first file.
 */
export type NaiveRun = { seconds: number; visible: number[]; apart: number[]; megabytes: number };

const WINDOW = 50;
const DEBOUNCE_MS = 2_000;
/** The pause before each article that comes by itself, milliseconds: by then a wire is done with the article before. */
export const APART_MS = 300;

/** As safe as ours: temporary file, sync, rename. */
function write(path: string, text: string): void {
  const file = openSync(`${path}.tmp`, "w");
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.tmp`, path);
}

const feedsOf = ({ section, language, tags, breaking }: Placed) => [
  "all",
  section,
  language,
  ...tags,
  ...(breaking ? ["breaking"] : []),
];

function writeFeed(folder: string, name: string, items: Article[]): void {
  const feed = new Feed({ title: name, id: name, link: "https://news.example.org/", updated: new Date() });
  for (const { headline, url, body, summary, published } of items)
    feed.addItem({
      title: headline,
      link: url,
      id: url,
      content: body,
      description: summary,
      date: new Date(published),
    });
  mkdirSync(join(folder, name), { recursive: true });
  write(join(folder, name, "rss.xml"), feed.rss2());
  write(join(folder, name, "atom.xml"), feed.atom1());
  write(join(folder, name, "feed.json"), feed.json1());
}

async function run(mode: string, folder: string, file: string, apartFile?: string): Promise<NaiveRun> {
  const windows = new Map<string, Article[]>();
  const touched = new Set<string>();
  let written = performance.now();
  const writeTouched = () => {
    for (const name of touched) writeFeed(folder, name, windows.get(name) ?? []);
    touched.clear();
    written = performance.now();
  };
  /** Answers the milliseconds until the documents of this article are written; undefined where they are written later. */
  const take = (line: string): number | undefined => {
    const begun = performance.now();
    const article: Placed = JSON.parse(line);
    write(join(folder, `${article.id}.json`), line);
    for (const name of feedsOf(article)) {
      windows.set(name, [article, ...(windows.get(name) ?? [])].slice(0, WINDOW));
      touched.add(name);
    }
    if (mode === "debounced" && begun - written < DEBOUNCE_MS) return undefined;
    writeTouched();
    return written - begun;
  };
  const takeAll = async (from: string, pauseMs: number): Promise<number[]> => {
    const times: number[] = [];
    for await (const line of createInterface({ input: createReadStream(from) })) {
      if (pauseMs > 0) await sleep(pauseMs);
      const time = take(line);
      if (time !== undefined) times.push(time);
    }
    return times;
  };
  mkdirSync(folder, { recursive: true });
  const started = performance.now();
  const visible = await takeAll(file, 0);
  writeTouched();
  const seconds = (performance.now() - started) / 1_000;
  const apart = apartFile === undefined ? [] : await takeAll(apartFile, APART_MS);
  return { seconds, visible, apart, megabytes: peakMegabytes() };
}

if (process.argv[1] === import.meta.filename) {
  const [mode = "", file = "", folder = "", apart] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await run(mode, folder, file, apart)));
}
