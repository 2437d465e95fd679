import {
  BULK_BATCH,
  BULK_PAUSE_MS,
  MAX_LOCAL_BATCH,
  REPAIR_EVERY_MS,
  RETRY_BATCH_MS,
} from "../core/limits.ts";
import { publish } from "../publish.ts";
import { rebuild } from "../rebuild.ts";
import type { Services } from "../services.ts";
import type { Journal, JournalEntry } from "./journal.ts";

/** The queue and the publisher of a local wire: one batch after the other, each of all that came meanwhile. */
export type Loop = {
  /** An article was written: publish it some time. */
  onWrite(entry: JournalEntry): void;
  /** Resolves when these articles are in the documents; rejects when a first try failed, and goes on trying. */
  publish(ids: Iterable<string>): Promise<void>;
  /** Feeds that only a rebuild can fill. */
  repair(feeds: Iterable<string>): void;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** Finishes the batch under way; what is queued stays in the journal. */
  close(): Promise<void>;
};

type Waiter = { resolve: () => void; reject: (error: unknown) => void };
type Job = { entries: JournalEntry[]; waiters: Waiter[] };

export function startLoop(services: Services, journal: Journal): Loop {
  const queue = new Map<string, Job>();
  const short = new Set<string>();
  let closed = false;
  let wake = () => {};
  let running: Promise<void> | undefined;
  let repairing: Promise<void> | undefined;

  function jobOf(id: string): Job {
    const job = queue.get(id) ?? { entries: [], waiters: [] };
    queue.set(id, job);
    running ??= run().finally(() => {
      running = undefined;
    });
    return job;
  }

  async function run(): Promise<void> {
    // A turn of the event loop first: what one request writes belongs into one batch.
    await new Promise(setImmediate);
    while (queue.size > 0 && !closed) {
      const articles = await runBatch();
      if (articles >= BULK_BATCH && !isAwaited()) await pause(BULK_PAUSE_MS);
    }
  }

  function isAwaited(): boolean {
    return [...queue.values()].some(({ waiters }) => waiters.length > 0);
  }

  /** Lets more come together, so that each feed is written once for all of it; ends when somebody waits. */
  async function pause(milliseconds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await Promise.race([services.sleep(milliseconds), woken]);
  }

  /** Publishes what is queued; answers how many articles that were. */
  async function runBatch(): Promise<number> {
    const batch = [...queue].slice(0, MAX_LOCAL_BATCH);
    for (const [id] of batch) queue.delete(id);
    const jobs = batch.map(([, job]) => job);
    try {
      const report = await publish(
        services,
        batch.map(([id]) => id),
      );
      repair(report.underfilled);
      if (report.failed.length > 0) throw report.failed[0]?.error;
      for (const { waiters } of jobs) for (const waiter of waiters) waiter.resolve();
      await journal.settle(jobs.flatMap(({ entries }) => entries));
    } catch (error) {
      services.log("batch.failed", { articles: batch.length, error: String(error) });
      for (const { waiters } of jobs) for (const waiter of waiters) waiter.reject(error);
      for (const [id, { entries }] of batch) jobOf(id).entries.push(...entries);
      await services.sleep(RETRY_BATCH_MS);
    }
    return batch.length;
  }

  function repair(feeds: Iterable<string>): void {
    for (const feed of feeds) short.add(feed);
    if (short.size > 0 && !closed) {
      repairing ??= runRepairs().finally(() => {
        repairing = undefined;
      });
    }
  }

  async function runRepairs(): Promise<void> {
    while (short.size > 0 && !closed) {
      const feeds = [...short];
      short.clear();
      services.log("feeds.repair", { feeds });
      try {
        const report = await rebuild(services, { feeds });
        for (const feed of [...report.underfilled, ...report.failed.map((failed) => failed.feed)]) {
          short.add(feed);
        }
      } catch (error) {
        services.log("repair.failed", { error: String(error) });
        for (const feed of feeds) short.add(feed);
      }
      if (short.size > 0) await services.sleep(REPAIR_EVERY_MS);
    }
  }

  return {
    onWrite: (entry) => void jobOf(entry.id).entries.push(entry),
    publish: async (ids) => {
      const waits = [...ids].map(
        (id) => new Promise<void>((resolve, reject) => jobOf(id).waiters.push({ resolve, reject })),
      );
      wake();
      await Promise.all(waits);
    },
    repair,
    async idle() {
      while (running ?? repairing) await Promise.all([running, repairing]);
    },
    async close() {
      closed = true;
      wake();
      await running;
      for (const { waiters } of queue.values())
        for (const waiter of waiters) waiter.reject(new Error("closing"));
    },
  };
}
