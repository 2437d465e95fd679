import { DamagedError } from "../store/damage.ts";
import type { ObjectHead, Store } from "../store/port.ts";

/** A key of one store, and whether the other store has it, too. */
export type Pair = { key: string; isThere: boolean };

/** The keys of `from` below this prefix, in their order, beside those of `to`: always two listings. */
export async function* listPairs(from: Store, to: Store, prefix: string): AsyncIterable<Pair> {
  const others = to.list(prefix)[Symbol.asyncIterator]();
  let other = await others.next();
  for await (const key of from.list(prefix)) {
    while (!other.done && isBefore(other.value, key)) other = await others.next();
    yield { key, isThere: !other.done && other.value === key };
  }
}

/** Whether both stores have the same bytes under this key. */
export async function isSame(from: Store, to: Store, key: string): Promise<boolean> {
  const [mine, theirs] = await Promise.all([from, to].map((store) => headOf(store, key)));
  return mine !== undefined && mine.etag === theirs?.etag;
}

/** Undefined also for what the store cannot read. */
async function headOf(store: Store, key: string): Promise<ObjectHead | undefined> {
  try {
    return await store.head(key);
  } catch (error) {
    if (error instanceof DamagedError) return undefined;
    throw error;
  }
}

const isBefore = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
