import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { idOfCopyName } from "../../src/cli/sync/names.ts";
import {
  type Batch,
  type Cursor,
  type FollowOptions,
  follow,
  type Had,
  isDropped,
} from "../../src/consumer/follow.ts";
import { encodeArticleId } from "../../src/core/article-id.ts";
import { storyKey } from "../../src/core/keys.ts";
import { storyState } from "../../src/core/story.ts";
import { listRecordIds, readRecord } from "../../src/repository/records.ts";
import type { Services } from "../../src/services.ts";

/** The documents of a copy, or of the live records of a wire, by the forms of their ids. */
export type Documents = Record<string, string>;

/** What each copy of a wire has at rest: the story of each public record, or what stands in its place after a kill. */
export async function documentsOf(services: Services): Promise<Documents> {
  const found: Documents = {};
  for await (const id of listRecordIds(services)) {
    const record = await readRecord(services, id);
    const state = record && storyState(services.site, record);
    if (state === undefined || state.status === "removed") continue;
    const stored = await services.stores.published.get(storyKey(id));
    const text = Buffer.from(stored?.body ?? []).toString();
    // The story is of this very version of the record.
    found[encodeArticleId(id)] = JSON.parse(text)._flashwire.story.order === state.order ? text : "stale";
  }
  return found;
}

/** The copy of a program that follows in this process. */
export class FollowedCopy {
  readonly documents: Documents = {};
  /** What the copy has of each story, killed ones included. */
  readonly had = new Map<string, Had>();
  readonly kills: string[] = [];
  /** Stories that came behind newer ones. */
  readonly backwards: string[] = [];
  cursor: Cursor | undefined;
  readonly #stop = new AbortController();
  #end: Promise<void> = Promise.resolve();

  start(url: string): void {
    this.#end = this.follow(url, { everyMs: 200, signal: this.#stop.signal });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#end;
  }

  async follow(url: string, options: FollowOptions): Promise<void> {
    const have = (id: string) => this.had.get(id);
    for await (const batch of follow(url, this.cursor, { have, ...options })) this.#apply(batch);
  }

  #apply({ kills, removed, dropped, stories, tombstones, cursor }: Batch): void {
    for (const { id, order } of [...kills, ...removed]) {
      if ((this.had.get(id)?.order ?? "") > order) continue;
      this.had.set(id, { order });
      delete this.documents[id];
    }
    this.kills.push(...kills.map(({ id }) => id));
    for (const id of this.had.keys()) {
      if (dropped === undefined || !isDropped(dropped, id)) continue;
      this.had.delete(id);
      delete this.documents[id];
    }
    for (const { id, order, digest, bytes } of [...stories, ...tombstones]) {
      if ((this.had.get(id)?.order ?? "") > order) this.backwards.push(id);
      this.had.set(id, { order, digest });
      this.documents[id] = Buffer.from(bytes).toString();
    }
    this.cursor = cursor;
  }
}

/** The copy that `flashwire sync` keeps in a folder. */
export function syncedDocuments(folder: string): Documents {
  const found: Documents = {};
  for (const part of ["stories", "withdrawn"]) {
    for (const name of readdirSync(join(folder, part))) {
      const id = idOfCopyName(name) as string;
      if (found[id] !== undefined) throw new Error(`${id} stands in both folders`);
      found[id] = readFileSync(join(folder, part, name), "utf8");
    }
  }
  return found;
}

/** The copy that examples/consumers/follow.py keeps, also while it writes. */
export function pythonDocuments(file: string): Documents {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare("SELECT id, document FROM stories").all();
  database.close();
  return Object.fromEntries(rows.map(({ id, document }) => [String(id), String(document)]));
}

/** A program that runs until it is stopped. */
export function startProgram(command: string, args: string[], cwd: string) {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command, args, { cwd, env: { PATH, HOME }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  const exited = once(child, "exit");
  return {
    said: () => said,
    async stop(): Promise<void> {
      child.kill("SIGTERM");
      await exited;
    },
  };
}
