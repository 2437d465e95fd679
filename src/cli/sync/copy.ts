import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import pMap from "p-map";
import type { Batch, Dropped, Had, Story, Takedown } from "../../consumer/follow.ts";
import { isDropped } from "../../consumer/follow.ts";
import { COPY_FILES_AT_ONCE } from "../limits.ts";
import type { Disk } from "./disk.ts";
import { copyNameOf, idOfCopyName } from "./names.ts";

/**
 * What a batch brought that a person wants to read. `down`: takedowns of stories that were there. `back`: ids of stories that came
 * back from a kill. `others`: how many kills were of stories that never were there.
 */
export type News = { down: Takedown[]; back: string[]; others: number };

/** Whom the changes of a wire go to. */
export type Target = {
  have?: (id: string) => Promise<Had | undefined>;
  /** Resolves when all of the batch is safe. To be repeated after a crash. */
  apply(batch: Batch): Promise<News>;
};

/**
 * A copy of all stories of a wire in a folder: `stories/` has a file with the document of each story that the wire shows, byte for
 * byte, and `withdrawn/` what stands in the place of each that was killed.
 */
export async function openCopy(folder: string, disk: Disk): Promise<Target> {
  const stories = join(folder, "stories");
  const withdrawn = join(folder, "withdrawn");
  await Promise.all([stories, withdrawn].map((path) => mkdir(path, { recursive: true })));
  /** Ids of the copy in the order of a snapshot, as long as one is being taken. */
  let listed: string[] | undefined;
  /** Killed stories that the copy never had, as long as it is behind: one that comes is no return. */
  const neverHad = new Set<string>();
  let news: News = { down: [], back: [], others: 0 };

  const inStories = (id: string) => join(stories, copyNameOf(id));
  const inWithdrawn = (id: string) => join(withdrawn, copyNameOf(id));

  /** A crash may have left both files: the older one goes. */
  async function have(id: string): Promise<Had | undefined> {
    const [live, stub] = await Promise.all([readCopy(inStories(id)), readCopy(inWithdrawn(id))]);
    if (live === undefined || stub === undefined) return live ?? stub;
    const isLive = live.order > stub.order;
    await disk.remove(isLive ? inWithdrawn(id) : inStories(id));
    return isLive ? live : stub;
  }

  async function takeDown(gone: Takedown): Promise<void> {
    const had = await have(gone.id);
    if (had !== undefined && had.order > gone.order) return;
    noteDown(gone, had);
    await disk.remove(inStories(gone.id));
    if (gone.kind === "removed") return disk.remove(inWithdrawn(gone.id));
    // The words of the wire come later, or are there.
    if (had?.order !== gone.order) await disk.put(inWithdrawn(gone.id), stubOf(gone));
  }

  /** A kill that the copy knows is no news, such as those that each new snapshot names. */
  function noteDown(gone: Takedown, had: Had | undefined): void {
    if (gone.kind === "removed") return;
    if (had === undefined) {
      neverHad.add(gone.id);
      news.others++;
    } else if (had.order < gone.order || existsSync(inStories(gone.id))) {
      if (neverHad.has(gone.id)) news.others++;
      else news.down.push(gone);
    }
  }

  async function keep({ id, bytes }: Story): Promise<void> {
    if (!neverHad.delete(id) && existsSync(inWithdrawn(id))) news.back.push(id);
    await disk.put(inStories(id), bytes);
    await disk.remove(inWithdrawn(id));
  }

  async function keepStub({ id, bytes }: Story): Promise<void> {
    await disk.put(inWithdrawn(id), bytes);
    await disk.remove(inStories(id));
  }

  async function drop(dropped: Dropped): Promise<void> {
    listed ??= await idsIn([stories, withdrawn]);
    const end = listed.findIndex((id) => dropped.to !== undefined && `${id}.json` > `${dropped.to}.json`);
    const part = listed.splice(0, end === -1 ? listed.length : end);
    const gone = part.filter((id) => isDropped(dropped, id));
    await each(gone, (id) => Promise.all([disk.remove(inStories(id)), disk.remove(inWithdrawn(id))]));
  }

  return {
    have,
    async apply(batch) {
      news = { down: [], back: [], others: 0 };
      await newestOf(batch.kills, takeDown);
      await newestOf(batch.removed, takeDown);
      if (batch.dropped !== undefined) await drop(batch.dropped);
      if (batch.cursor.page === undefined) listed = undefined;
      await each(batch.stories, keep);
      await each(batch.tombstones, keepStub);
      await disk.settle();
      if (batch.behind.changes === 0 && batch.behind.pages === 0) neverHad.clear();
      return news;
    },
  };
}

/** Each story is named once in a batch. */
const each = <T>(all: T[], run: (one: T) => Promise<unknown>) =>
  pMap(all, run, { concurrency: COPY_FILES_AT_ONCE });

/** A story may be killed twice in a batch: the newest kill counts. */
async function newestOf(all: Takedown[], run: (one: Takedown) => Promise<void>): Promise<void> {
  const byId = Map.groupBy(all, ({ id }) => id);
  await each([...byId.values()], async (some) => {
    const newest = some.reduce((a, b) => (a.order > b.order ? a : b));
    await run(newest);
  });
}

/** What a file has; undefined where there is none, or none that can be read: then the story is fetched. */
async function readCopy(path: string): Promise<Had | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  try {
    const { order } = JSON.parse(bytes.toString())._flashwire.story;
    const digest = `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`;
    return typeof order === "string" ? { order, digest } : undefined;
  } catch {
    return undefined;
  }
}

/** What stands in the place of a killed story until the wire's own words come. */
function stubOf({ kind, id, guid, version, order }: Takedown): string {
  return `${JSON.stringify({ id: guid, _flashwire: { story: { id, version, order, status: kind } } })}\n`;
}

async function idsIn(folders: string[]): Promise<string[]> {
  const ids = new Set<string>();
  for (const folder of folders) {
    for (const name of await readdir(folder)) {
      if (!name.endsWith(".json")) continue;
      const id = idOfCopyName(name) ?? (await idInside(join(folder, name)));
      if (id !== undefined) ids.add(id);
    }
  }
  const key = (id: string) => `${id}.json`;
  return [...ids].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function idInside(path: string): Promise<string | undefined> {
  try {
    const { id } = JSON.parse(await readFile(path, "utf8"))._flashwire.story;
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}
