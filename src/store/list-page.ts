import type { Store } from "./port.ts";

/** The first `max` keys after `after`. */
export async function pageOf(
  store: Store,
  prefix: string,
  after: string | undefined,
  max: number,
): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix, after)) {
    keys.push(key);
    if (keys.length === max) break;
  }
  return keys;
}
