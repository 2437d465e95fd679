import { createHash } from "node:crypto";
import { feedOf, WINDOWS } from "../core/keys.ts";
import { startFeeds } from "../publish.ts";
import { rebuild } from "../rebuild.ts";
import type { Services } from "../services.ts";
import { isShort } from "./repairs.ts";

/** Raised with every change to what documents look like, so that a wire renders its old ones anew. */
const RENDERER_VERSION = 1;

const SITE_KEY = "site.json";

/**
 * Brings a data folder in line with the site file and the code of today: the fixed feeds exist, a changed site file
 * rebuilds everything, feeds that a killed rebuild left open are repaired.
 */
export async function catchUp(services: Services, repair: (feeds: string[]) => void): Promise<void> {
  if (await isOfThisSite(services)) {
    repair(await shortFeeds(services));
    return;
  }
  await startFeeds(services);
  const report = await rebuild(services);
  services.log("site.rebuilt", { records: report.records, feeds: report.feeds.length });
  repair([...report.underfilled, ...report.failed.map(({ feed }) => feed)]);
  const fingerprint = Buffer.from(fingerprintOf(services));
  if (report.failed.length === 0) await services.stores.newsroom.put(SITE_KEY, fingerprint);
}

/**
 * Whether all documents are of this site file. Where they are not, that is forgotten which they are of: to be asked
 * before the first of them is written, or a change that is given up halfway would leave some of each.
 */
export async function isOfThisSite(services: Services): Promise<boolean> {
  const stored = await services.stores.newsroom.get(SITE_KEY);
  if (stored === undefined) return false;
  if (Buffer.from(stored.body).toString() === fingerprintOf(services)) return true;
  await services.stores.newsroom.delete(SITE_KEY);
  return false;
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
    if (name !== undefined && (await isShort(services, name))) short.push(name);
  }
  return short;
}
