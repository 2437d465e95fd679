import { assetOutput } from "../render/outputs.ts";
import type { Press } from "./press.ts";

/**
 * Stores the files that pages load, before this process puts its first page: a page never names a file that is not there. What
 * is stored stays for good, some kilobytes for each look that the pages ever had, because a cache may show an old page for a day.
 */
export function storeAssets(press: Press): Promise<void> {
  press.loads.stored ??= storeAll(press).catch((error) => {
    delete press.loads.stored;
    throw error;
  });
  return press.loads.stored;
}

async function storeAll({ stores, renderer }: Press): Promise<void> {
  const store = async ({ file, contentType, body }: (typeof renderer.assets)[number]) => {
    const { key, cacheControl } = assetOutput(file);
    // Its bytes follow from its name: what is there is right, also what another process has put meanwhile.
    if ((await stores.published.head(key)) !== undefined) return;
    await stores.published.put(key, body, { condition: { ifNoneMatch: "*" }, contentType, cacheControl });
  };
  await Promise.all(renderer.assets.map(store));
}
