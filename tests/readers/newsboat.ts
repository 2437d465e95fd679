import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, vi } from "vitest";

/* newsboat (https://newsboat.org), in a terminal of tmux: what it keeps of a feed, and what it shows of a story. */

/** Nothing that goes well takes this long, however busy the machine is. */
const HANGS_MS = 60_000;

/** What newsboat keeps of a story. The enclosure is empty where it offers none. */
export type Kept = { title: string; author: string; content: string; enclosure: string };

/** What a person sees of a story. */
export type Shown = {
  author: string | undefined;
  /** The whole screen. */
  text: string;
  /** The addresses of its list of pictures, in their order. */
  pictures: string[];
  /** What newsboat offers to download. */
  download: string | undefined;
};

export type Newsboat = {
  /** By headline. */
  kept(): Map<string, Kept>;
  /** The stories from the newest on; `headlines` are those that the feed has. */
  shown(headlines: string[]): Promise<Map<string, Shown>>;
};

/** Lets newsboat load the feed at this address into a cache in `folder`, which may have stories of it already. */
export function loadFeed(feed: string, folder: string): Newsboat {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "urls"), `${feed}\n`);
  writeFileSync(join(folder, "config"), "browser true\nauto-reload no\ntext-width 300\n");
  const args = ["-C", "config", "-u", "urls", "-c", "cache.db"];
  run("newsboat", [...args, "-x", "reload"], folder);
  return {
    kept: () => keptIn(join(folder, "cache.db")),
    shown: (headlines) => shownBy(["newsboat", ...args].join(" "), folder, headlines),
  };
}

function keptIn(cache: string): Map<string, Kept> {
  const database = new DatabaseSync(cache, { readOnly: true });
  try {
    const sql = "select title, author, content, enclosure_url as enclosure from rss_item";
    const rows = database.prepare(sql).all() as Kept[];
    return new Map(rows.map((row) => [row.title, { ...row }]));
  } finally {
    database.close();
  }
}

async function shownBy(command: string, folder: string, headlines: string[]): Promise<Map<string, Shown>> {
  const tmux = (...args: string[]) => run("tmux", ["-L", "flashwire", "-f", "/dev/null", ...args], folder);
  const screen = () => tmux("capture-pane", "-p", "-t", "reader");
  const until = (text: string) =>
    vi.waitFor(() => expect(screen()).toContain(text), { timeout: HANGS_MS, interval: 100 });
  const stories = new Map<string, Shown>();
  tmux("new-session", "-d", "-s", "reader", "-x", "320", "-y", "120", command);
  try {
    await until("Your feeds");
    tmux("send-keys", "-t", "reader", "Enter");
    await until("Articles in feed");
    tmux("send-keys", "-t", "reader", "Enter");
    for (const headline of headlines) {
      await until(`Title: ${headline}`);
      stories.set(headline, readScreen(screen()));
      // The next story.
      tmux("send-keys", "-t", "reader", "J");
    }
  } finally {
    tmux("kill-session", "-t", "reader");
  }
  return stories;
}

function readScreen(text: string): Shown {
  return {
    author: /^Author: (.*?) *$/m.exec(text)?.[1],
    text,
    pictures: [...text.matchAll(/^\[\d+\]: (\S+) \(image\)/gm)].map(([, address = ""]) => address),
    download: /^Podcast Download URL: (\S+)/m.exec(text)?.[1],
  };
}

function run(program: string, args: string[], folder: string): string {
  const env = { ...process.env, HOME: folder, TERM: "xterm", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
  return execFileSync(program, args, { cwd: folder, env, encoding: "utf8", timeout: HANGS_MS });
}
