import { createHash } from "node:crypto";
import { resolveFeed } from "../core/feeds.ts";
import { feedOf, WINDOWS } from "../core/keys.ts";
import { isUnderfilled } from "../core/window.ts";
import { readWindow } from "../feed-state.ts";
import { startFeeds } from "../publish.ts";
import { rebuild } from "../rebuild.ts";
import type { Services } from "../services.ts";

/** Raised with every change to what documents look like, so that a wire renders its old ones anew. */
const RENDERER_VERSION = 1;

const SITE_KEY = "site.json";

/**
 * Brings a data folder in line with the site file and the code of today: the fixed feeds exist, a changed site file
 * rebuilds everything, feeds that a killed rebuild left open are repaired.
 */
export async function catchUp(services: Services, repair: (feeds: string[]) => void): Promise<void> {
  const fingerprint = fingerprintOf(services);
  const stored = await services.stores.newsroom.get(SITE_KEY);
  if (stored !== undefined && Buffer.from(stored.body).toString() === fingerprint) {
    repair(await shortFeeds(services));
    return;
  }
  await startFeeds(services);
  const report = await rebuild(services);
  services.log("site.rebuilt", { records: report.records, feeds: report.feeds.length });
  if (report.failed.length === 0) await services.stores.newsroom.put(SITE_KEY, Buffer.from(fingerprint));
}

function fingerprintOf({ site }: Services): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([RENDERER_VERSION, site]))
    .digest("hex");
  return `${JSON.stringify({ site: hash })}\n`;
}

async function shortFeeds(services: Services): Promise<string[]> {
  const short: string[] = [];
  for await (const key of services.stores.newsroom.list(WINDOWS)) {
    const name = feedOf(key);
    const feed = name === undefined ? undefined : resolveFeed(services.site, name);
    if (feed && isUnderfilled(feed, (await readWindow(services, feed)).window)) short.push(feed.name);
  }
  return short;
}
