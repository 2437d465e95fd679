import { setTimeout as sleep } from "node:timers/promises";

export type BatchLimits<T> = {
  /** Items in a batch. */
  count: number;
  /** The most that a batch weighs, and how to weigh. An item that is heavier is a batch of its own. */
  weight: number;
  weigh(item: T): number;
  /** Milliseconds that a batch waits for more items. */
  idle: number;
};

type Step<T> = { item: T } | { end: { error?: unknown } };

/**
 * Groups what comes in; a source that goes quiet gets what it gave sent. Reads one item ahead. What came before the
 * source failed is in a batch too.
 */
export async function* batches<T>(source: AsyncIterable<T>, limits: BatchLimits<T>): AsyncGenerator<T[]> {
  const step = stepper(source);
  let next = step();
  for (;;) {
    const batch: T[] = [];
    let quiet: Promise<undefined> | undefined;
    let end: { error?: unknown } | undefined;
    for (let weight = 0; batch.length < limits.count; ) {
      const got = await (quiet === undefined ? next : Promise.race([next, quiet]));
      if (got === undefined) break;
      if ("end" in got) {
        end = got.end;
        break;
      }
      weight += limits.weigh(got.item);
      // The item stays the next one.
      if (batch.length > 0 && weight > limits.weight) break;
      batch.push(got.item);
      next = step();
      quiet ??= sleep(limits.idle, undefined, { ref: false });
    }
    if (batch.length > 0) yield batch;
    if (end !== undefined && "error" in end) throw end.error;
    if (end !== undefined) return;
  }
}

function stepper<T>(source: AsyncIterable<T>): () => Promise<Step<T>> {
  const iterator = source[Symbol.asyncIterator]();
  return async () => {
    try {
      const { done, value } = await iterator.next();
      return done ? { end: {} } : { item: value };
    } catch (error) {
      return { end: { error } };
    }
  };
}
