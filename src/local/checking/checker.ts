import { availableParallelism } from "node:os";
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { FlashwireError } from "../../core/errors.ts";
import { type ReadArticle, type ReadContext, readArticle } from "../../validate/article.ts";
import { CHECKER_IDLE_MS, MIN_CHECKED_TOGETHER } from "../limits.ts";
import type { Asked, Found, Reply } from "./messages.ts";

/** Reads records beside the thread that asks, where there is a second processor and enough of them come at once. */
export type Checker = {
  /** As `readArticle`. */
  read(input: unknown, context: ReadContext): Promise<ReadArticle>;
  /** Ends the thread. The caller's thread reads the records that it had not answered. */
  close(): Promise<void>;
};

type Waiting = Asked & { resolve(read: ReadArticle): void; reject(error: unknown): void };

/** A thread with the records that it has not answered yet. */
type Thread = { worker: Worker; isReady: boolean; given: Map<number, Waiting[]>; idle?: NodeJS.Timeout };

/**
 * A thread takes a third of the work of a bulk load. It starts with the first load, and ends after a while without a record, because it
 * takes some 20 MB. As long as it starts, and where it ends for any reason, the caller's thread reads the records itself.
 */
export function createChecker(
  hasRoom = availableParallelism() > 1,
  open = () => new Worker(new URL("./thread.mjs", import.meta.url)),
): Checker {
  let waiting: Waiting[] = [];
  let thread: Thread | undefined;
  let number = 0;

  function start(): Thread {
    const worker = open();
    const own: Thread = { worker, isReady: false, given: new Map() };
    worker.unref();
    worker.on("message", (reply: Reply | "ready") => {
      if (reply === "ready") own.isReady = true;
      else answer(own, reply);
    });
    // An error that nobody hears would end the process; `exit` follows it.
    worker.on("error", () => {});
    worker.on("exit", () => {
      if (thread === own) thread = undefined;
      clearTimeout(own.idle);
      for (const group of own.given.values()) readHere(group);
      own.given.clear();
    });
    return own;
  }

  function answer({ given, idle }: Thread, reply: Reply): void {
    const group = given.get(reply.number) ?? [];
    given.delete(reply.number);
    idle?.refresh();
    for (const [i, one] of group.entries()) settle(one, reply.found[i]);
  }

  /** Hands the records of one turn of the event loop to the thread, or reads them here. */
  async function serve(): Promise<void> {
    await turn();
    const group = waiting;
    waiting = [];
    if (!hasRoom || group.length < MIN_CHECKED_TOGETHER) return readHere(group);
    thread ??= start();
    if (!thread.isReady) return readHere(group);
    const { worker, given } = thread;
    thread.idle ??= setTimeout(() => void worker.terminate(), CHECKER_IDLE_MS).unref();
    given.set(++number, group);
    worker.postMessage({ number, asked: group.map(({ input, context }) => ({ input, context })) });
  }

  return {
    read: (input, context) =>
      new Promise((resolve, reject) => {
        if (waiting.length === 0) void serve();
        waiting.push({ input, context, resolve, reject });
      }),
    async close() {
      await thread?.worker.terminate();
    },
  };
}

function settle(one: Waiting, found: Found | undefined): void {
  if (found === undefined) readHere([one]);
  else if ("read" in found) one.resolve(found.read);
  else one.reject(new FlashwireError(found.refused.code, found.refused.message, found.refused.errors));
}

function readHere(group: Waiting[]): void {
  for (const { input, context, resolve, reject } of group) {
    try {
      resolve(readArticle(input, context));
    } catch (error) {
      reject(error);
    }
  }
}
