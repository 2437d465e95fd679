import { setTimeout as sleep } from "node:timers/promises";

export type BatchLimits<T> = {
  /** Items in a batch. */
  count: number;
  /** Weight from which a batch is full, and how to weigh. */
  weight: number;
  weigh(item: T): number;
  /** Milliseconds that a batch waits for more items. */
  idle: number;
};

/** Groups what comes in; a source that goes quiet gets what it gave sent. Reads no further than the next item. */
export async function* batches<T>(source: AsyncIterable<T>, limits: BatchLimits<T>): AsyncGenerator<T[]> {
  const iterator = source[Symbol.asyncIterator]();
  let next = iterator.next();
  // A failure while a batch is on its way is thrown by the await below, after that batch.
  next.catch(() => {});
  for (let done = false; !done; ) {
    const batch: T[] = [];
    let weight = 0;
    let quiet: Promise<"quiet"> | undefined;
    const timer = new AbortController();
    while (batch.length < limits.count && weight < limits.weight) {
      const got = quiet === undefined ? await next : await Promise.race([next, quiet]);
      if (got === "quiet") break;
      done = got.done === true;
      if (got.done) break;
      batch.push(got.value);
      weight += limits.weigh(got.value);
      next = iterator.next();
      next.catch(() => {});
      quiet ??= sleep(limits.idle, "quiet" as const, { signal: timer.signal }).catch(() => "quiet" as const);
    }
    timer.abort();
    if (batch.length > 0) yield batch;
  }
}
