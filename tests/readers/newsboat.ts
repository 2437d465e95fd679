import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { expect, vi } from "vitest";

/* newsboat (https://newsboat.org), in a terminal of tmux: what it keeps of a feed, and what it shows of a story. */

/** Nothing that goes well takes this long, however busy the machine is. */
const HANGS_MS = 60_000;

const execute = promisify(execFile);

/** What newsboat keeps of a story. The enclosure is empty where it offers none. */
export type Kept = {
  guid: string;
  url: string;
  title: string;
  author: string;
  content: string;
  enclosure: string;
  /** Seconds since 1970. */
  pubDate: number;
};

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
  /** Everything that it has, in no order. */
  kept(): Kept[];
  /** The stories from the newest on; `headlines` are those that the feed has. */
  shown(headlines: string[]): Promise<Map<string, Shown>>;
};

/** Lets newsboat load the feed at this address into a cache in `folder`, which may have stories of it already. */
export async function loadFeed(feed: string, folder: string): Promise<Newsboat> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "urls"), `${feed}\n`);
  writeFileSync(join(folder, "config"), "browser true\nauto-reload no\ntext-width 300\n");
  const args = ["-C", "config", "-u", "urls", "-c", "cache.db"];
  await run("newsboat", [...args, "-x", "reload"], folder);
  return {
    kept: () => keptIn(join(folder, "cache.db")),
    shown: (headlines) => shownBy(["newsboat", ...args].join(" "), folder, headlines),
  };
}

function keptIn(cache: string): Kept[] {
  const database = new DatabaseSync(cache, { readOnly: true });
  try {
    const sql =
      "select guid, url, title, author, content, enclosure_url as enclosure, pubDate from rss_item where deleted = 0";
    return (database.prepare(sql).all() as Kept[]).map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

async function shownBy(command: string, folder: string, headlines: string[]): Promise<Map<string, Shown>> {
  const tmux = (...args: string[]) => run("tmux", ["-L", "flashwire", "-f", "/dev/null", ...args], folder);
  const screen = () => tmux("capture-pane", "-p", "-t", "reader");
  const until = (text: string) =>
    vi.waitFor(async () => expect(await screen()).toContain(text), { timeout: HANGS_MS, interval: 100 });
  const stories = new Map<string, Shown>();
  await tmux("new-session", "-d", "-s", "reader", "-x", "320", "-y", "120", command);
  try {
    await until("Your feeds");
    await tmux("send-keys", "-t", "reader", "Enter");
    await until("Articles in feed");
    await tmux("send-keys", "-t", "reader", "Enter");
    for (const headline of headlines) {
      await until(`Title: ${headline}`);
      stories.set(headline, readScreen(await screen()));
      // The next story.
      await tmux("send-keys", "-t", "reader", "J");
    }
  } finally {
    await tmux("kill-session", "-t", "reader");
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

/** Beside this process, which may be the wire that newsboat asks. Answers what the program writes. */
async function run(program: string, args: string[], folder: string): Promise<string> {
  const env = { ...process.env, HOME: folder, TERM: "xterm", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
  const { stdout } = await execute(program, args, { cwd: folder, env, timeout: HANGS_MS });
  return stdout;
}
