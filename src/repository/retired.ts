import { removedKey } from "../core/keys.ts";
import { CONFLICT, type Deleted, type ObjectHead, type Store } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { windowKey } from "./windows.ts";

/**
 * Removes a feed that the site file no longer defines: its documents under these keys, then its window, each as it was
 * found. A marker stays, so that readers get a 410. CONFLICT: a process with an earlier site file has written one of them
 * meanwhile; what it wrote stays for the next try.
 */
export async function retireFeed(
  { stores }: { stores: Stores },
  name: string,
  keys: string[],
): Promise<Deleted> {
  const condition = { ifNoneMatch: "*" } as const;
  const options = { condition, contentType: "application/json" };
  await stores.published.put(removedKey(name), Buffer.from("{}\n"), options);
  const heads = await Promise.all(keys.map((key) => stores.published.head(key)));
  const window = await stores.newsroom.head(windowKey(name));
  for (const [i, key] of keys.entries())
    if ((await deleteFound(stores.published, key, heads[i])) === CONFLICT) return CONFLICT;
  return deleteFound(stores.newsroom, windowKey(name), window);
}

async function deleteFound(store: Store, key: string, found: ObjectHead | undefined): Promise<Deleted> {
  return found && store.delete(key, { ifMatch: found.etag });
}
