import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Feed } from "feed";
import { peakMegabytes } from "./support.ts";

/*
 * What a newsroom would write first, run as a process of its own: `node bench/naive.ts each|debounced FILE FOLDER`. It
 * keeps each article of a file of JSON lines, and writes each of its feeds whole in three formats, by `feed`: after each
 * article, or each two seconds as an embedded wire does in a bulk load. It checks and cleans nothing, and knows no
 * corrections, kills, pages or change log.
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

/** What one run of the script took. `visible`: milliseconds for each article until its documents are written. */
export type NaiveRun = { seconds: number; visible: number[]; megabytes: number };

const WINDOW = 50;
const DEBOUNCE_MS = 2_000;

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

async function run(mode: string, file: string, folder: string): Promise<NaiveRun> {
  const windows = new Map<string, Article[]>();
  const touched = new Set<string>();
  const visible: number[] = [];
  const writeTouched = () => {
    for (const name of touched) writeFeed(folder, name, windows.get(name) ?? []);
    touched.clear();
  };
  mkdirSync(folder, { recursive: true });
  const started = performance.now();
  let written = started;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const begun = performance.now();
    const article: Placed = JSON.parse(line);
    write(join(folder, `${article.id}.json`), line);
    for (const name of feedsOf(article)) {
      windows.set(name, [article, ...(windows.get(name) ?? [])].slice(0, WINDOW));
      touched.add(name);
    }
    if (mode === "debounced" && begun - written < DEBOUNCE_MS) continue;
    writeTouched();
    written = performance.now();
    visible.push(written - begun);
  }
  writeTouched();
  return { seconds: (performance.now() - started) / 1_000, visible, megabytes: peakMegabytes() };
}

if (process.argv[1] === import.meta.filename) {
  const [mode = "", file = "", folder = ""] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await run(mode, file, folder)));
}
