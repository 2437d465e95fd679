import { FlashwireError } from "../../core/errors.ts";
import { articleIdOf, articleKey } from "../../repository/records.ts";
import type { Services } from "../../services.ts";
import { BULK_BATCH, BULK_PAUSE_MS, MAX_LOCAL_BATCH, RETRY_MS } from "../limits.ts";
import { createPause, longer } from "./backoff.ts";
import type { Journal, JournalEntry } from "./journal.ts";

/** The queue and the publisher of a local wire: one batch after the other, each of all that came meanwhile. */
export type Loop = {
  /** An article was written: publish it some time. */
  onWrite(entry: JournalEntry): void;
  /**
   * Resolves when these articles are in the documents, and kills in their stories and the change log, too; rejects when a first try
   * failed, and goes on trying. Kills are finished before all other work, and apart from it.
   */
  publish(ids: Iterable<string>, kills?: ReadonlySet<string>): Promise<void>;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
  /** Finishes the batch under way; what is queued stays in the journal. */
  close(): Promise<void>;
};

type Waiter = { resolve: () => void; reject: (error: unknown) => void };
type LoopDeps = Pick<Services, "publisher" | "sleep" | "log">;

type Job = { entries: JournalEntry[]; waiters: Waiter[]; failures: number; isKill: boolean };

/** `onShort` is called with feeds that only a rebuild can fill, `onListed` when the directory was asked to list feeds. */
export function startLoop(
  services: LoopDeps,
  journal: Journal,
  onShort: (feeds: string[]) => Promise<void>,
  onListed: () => void = () => {},
): Loop {
  const queue = new Map<string, Job>();
  /** What comes back into the queue after a pause. */
  const held = new Set<Promise<void>>();
  const pause = createPause(services);
  let closed = false;
  let running: Promise<void> | undefined;

  function jobOf(id: string): Job {
    const job = queue.get(id) ?? { entries: [], waiters: [], failures: 0, isKill: false };
    queue.set(id, job);
    running ??= run();
    return job;
  }

  async function run(): Promise<void> {
    try {
      // A turn of the event loop first: what one request writes belongs into one batch.
      await new Promise(setImmediate);
      while (queue.size > 0 && !closed) {
        const articles = await runBatch();
        // Lets more come together, so that each feed is written once for all of it; ends when somebody waits.
        if (articles >= BULK_BATCH && !isAwaited() && !closed) await pause.take(BULK_PAUSE_MS);
      }
    } finally {
      // In the same turn as the last look at the queue: an article that comes later starts the next run.
      running = undefined;
    }
  }

  function isAwaited(): boolean {
    return [...queue.values()].some(({ waiters, isKill }) => waiters.length > 0 || isKill);
  }

  /** Kills alone, as long as there are any: they do not wait for the feeds of other articles. */
  function nextBatch(): [string, Job][] {
    const all = [...queue];
    const kills = all.filter(([, { isKill }]) => isKill);
    return (kills.length > 0 ? kills : all).slice(0, MAX_LOCAL_BATCH);
  }

  /** Publishes what is queued; answers how many articles that were. */
  async function runBatch(): Promise<number> {
    const batch = nextBatch();
    for (const [id] of batch) queue.delete(id);
    const { left, unreadable } = await publishNow(new Map(batch));
    const settled: JournalEntry[] = [];
    for (const [id, job] of batch) {
      if (left.has(id)) {
        tryLater(id, job, left.get(id));
        continue;
      }
      // Only people can mend a record that cannot be read, and no client hears that it is published.
      for (const waiter of job.waiters)
        unreadable.has(id) ? waiter.reject(unreadable.get(id)) : waiter.resolve();
      settled.push(...job.entries);
    }
    await journal.settle(settled);
    return batch.length;
  }

  /** The articles that could not be published and those whose record cannot be read, with what went wrong. */
  async function publishNow(
    jobs: Map<string, Job>,
  ): Promise<Record<"left" | "unreadable", Map<string, unknown>>> {
    const onShown = (ids: string[]) => {
      for (const { isKill, waiters } of ids.flatMap((id) => jobs.get(id) ?? []))
        if (!isKill) for (const waiter of waiters.splice(0)) waiter.resolve();
    };
    const report = await services.publisher.publish(jobs.keys(), onShown).catch((error: unknown) => ({
      left: new Map([...jobs.keys()].map((id) => [id, error])),
      underfilled: [],
      listed: [],
      unreadable: [],
    }));
    if (report.listed.length > 0) onListed();
    if (report.underfilled.length > 0) await onShort(report.underfilled).catch(noteShort);
    const [error] = report.left.values();
    if (report.left.size > 0)
      services.log("batch.failed", { articles: report.left.size, error: String(error) });
    const wrong = (id: string) => new FlashwireError("unreadable", `${articleKey(id)} cannot be read.`);
    return { left: report.left, unreadable: new Map(report.unreadable.map((id) => [id, wrong(id)])) };
  }

  /** The audit finds the feed as well. */
  const noteShort = (error: unknown) => services.log("repair.failed", { error: String(error) });

  function tryLater(id: string, { entries, waiters, failures, isKill }: Job, error: unknown): void {
    for (const { reject } of waiters) reject(error);
    const again = services.sleep(longer(RETRY_MS, failures)).then(() => {
      held.delete(again);
      if (closed) return;
      const job = jobOf(id);
      job.entries.push(...entries);
      job.failures = Math.max(job.failures, failures + 1);
      job.isKill ||= isKill;
    });
    held.add(again);
  }

  function published(id: string, isKill: boolean): Promise<void> {
    const job = jobOf(id);
    job.isKill ||= isKill;
    return new Promise((resolve, reject) => job.waiters.push({ resolve, reject }));
  }

  return {
    onWrite(entry) {
      const id = articleIdOf(entry.key);
      if (id !== undefined) jobOf(id).entries.push(entry);
    },
    async publish(ids, kills) {
      if (closed) throw new Error("closing");
      const waits = [...ids].map((id) => published(id, kills?.has(id) ?? false));
      pause.end();
      await Promise.all(waits);
    },
    async idle() {
      for (;;) {
        const work = [running, ...held].filter((some) => some !== undefined);
        if (work.length === 0) return;
        await Promise.all(work);
      }
    },
    async close() {
      closed = true;
      pause.end();
      await running;
      for (const { waiters } of queue.values())
        for (const { reject } of waiters) reject(new Error("closing"));
    },
  };
}
