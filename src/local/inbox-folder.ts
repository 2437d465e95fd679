import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FlashwireError } from "../core/errors.ts";
import { refuseFile, takeFile } from "../ingest/inbox.ts";
import type { IngestDeps } from "../ingest/ingest.ts";
import type { PurgeInbox } from "../purge/purge-inbox.ts";
import { beginFile, CONTINUES } from "../repository/inbox.ts";
import type { Services } from "../services.ts";
import { makeRoot } from "../store/file/directories.ts";
import { holdLock } from "../store/file/lock.ts";
import { type InboxFiles, inboxFiles } from "./inbox-files.ts";
import { INBOX_PATIENCE_MS, INBOX_RETRY_MS, INBOX_SLICE_MS, INBOX_STILL_MS, TICK_MS } from "./limits.ts";

/** `FLASHWIRE_DATA/inbox/`: files of records that people put there are taken in, with their results beside them. */
export type InboxFolder = {
  /** Looks each minute from now on. */
  start(): void;
  /** Looks now, after the look that is under way. Rejects never: a file that fails is named in the log and comes again. */
  tick(): Promise<void>;
  /** Gives up the file that is under way, between two slices: `.progress` says where the next process goes on. */
  close(): Promise<void>;
};

const lockOf = (data: string) => join(data, "inbox.lock");
const folderOf = (data: string) => join(data, "inbox");

/** Makes the folder. The stores of `deps` have to be those whose writes are published. */
export function openInbox(deps: IngestDeps, data: string): InboxFolder {
  makeRoot(folderOf(data));
  const files = inboxFiles(folderOf(data));
  let seen = new Map<string, string>();
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const before = seen;
    seen = new Map();
    for (const name of await files.names()) {
      if (isClosed) return;
      await lookAt(name, before.get(name)).catch((error) =>
        deps.log("inbox.failed", { file: name, error: String(error) }),
      );
    }
  }

  /** Only what stands still is taken: as it was one tick ago (`before`), or not written for INBOX_STILL_MS. */
  async function lookAt(name: string, before: string | undefined): Promise<void> {
    const odd = await files.oddity(name);
    const head = odd?.head ?? (await files.head(name));
    if (head === undefined) return;
    seen.set(name, head.etag);
    const isOld = deps.now() - head.modified.getTime() >= INBOX_STILL_MS;
    if (!isOld && before !== head.etag) return;
    if (odd === undefined) await take(name);
    else await refuseFile(deps, files, name, odd.head, odd.detail);
  }

  async function take(name: string): Promise<void> {
    const nextTime = () => (isClosed ? undefined : deps.now() + INBOX_SLICE_MS);
    const slice = (key: string) =>
      takeFile(deps, files, key, {
        open: files.read,
        until: deps.now() + INBOX_SLICE_MS,
        goesOn: nextTime,
      });
    const outcome = await slice(name);
    // What a process before this one has begun goes on from its `.progress`.
    if (outcome === "nothing to do" && (await files.head(name + CONTINUES)) !== undefined)
      await slice(name + CONTINUES);
  }

  /** One process of the data folder at a time: two would write each other's `.progress`. */
  async function lookAlone(): Promise<void> {
    const lock = isClosed ? undefined : holdLock(lockOf(data));
    if (lock === undefined) return;
    try {
      await look();
    } finally {
      lock.release();
    }
  }

  const tick = () => {
    last = last.then(lookAlone).catch((error) => deps.log("inbox.failed", { error: String(error) }));
    return last;
  };
  return {
    start() {
      timer = setInterval(tick, TICK_MS);
      tick();
    },
    tick,
    close() {
      isClosed = true;
      clearInterval(timer);
      return last;
    },
  };
}

/**
 * Runs what must have the inbox to itself, after a wire has finished the look that is under way. Throws `busy` where that
 * takes longer than INBOX_PATIENCE_MS.
 */
export async function aloneWithInbox<T>(
  { now, sleep }: Pick<Services, "now" | "sleep">,
  data: string,
  run: (inbox: PurgeInbox) => Promise<T>,
): Promise<T> {
  makeRoot(folderOf(data));
  let lock = holdLock(lockOf(data));
  for (const until = now() + INBOX_PATIENCE_MS; lock === undefined && now() < until; ) {
    await sleep(INBOX_RETRY_MS);
    lock = holdLock(lockOf(data));
  }
  if (lock === undefined) throw new FlashwireError("busy", "The wire is still reading its inbox.");
  try {
    const names = () => readdir(folderOf(data));
    return await run({ store: inboxFiles(folderOf(data)), names, isAlone: true });
  } finally {
    lock.release();
  }
}

/** How many files of the inbox are not taken in to their end. */
export async function countWaitingFiles(data: string): Promise<number> {
  const files = inboxFiles(folderOf(data));
  let count = 0;
  // A file that cannot be looked at is named in the log of the wire; here it counts as waiting.
  for (const name of await files.names()) if (await isWaiting(files, name).catch(() => true)) count++;
  return count;
}

async function isWaiting(files: InboxFiles, name: string): Promise<boolean> {
  const head = await files.head(name);
  if (head === undefined) return false;
  const begins = [await beginFile(files, name, head, false), await beginFile(files, name, head, true)];
  return begins.some((begin) => begin !== undefined);
}
