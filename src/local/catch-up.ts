import { feedOf, WINDOWS } from "../repository/feeds.ts";
import { readMark, setMark } from "../repository/rollout.ts";
import type { Services } from "../services.ts";
import { type RebuildOptions, type RebuildReport, rebuild } from "../upkeep/rebuild.ts";
import { madeBy } from "./membership.ts";
import { isShort } from "./rebuild-short-feeds.ts";

/**
 * Brings a data folder in line with the site file and the code of today: the fixed feeds exist, a changed site file
 * rebuilds everything, feeds that a killed rebuild left open are repaired.
 */
export async function catchUp(services: Services, repair: (feeds: string[]) => void): Promise<void> {
  if (await isOfThisSite(services)) {
    repair(await shortFeeds(services));
    return;
  }
  await services.publisher.startFeeds();
  const report = await rebuildNoted(services);
  services.log("site.rebuilt", { records: report.records, feeds: report.feeds.length });
  repair([...report.underfilled, ...report.failed.map(({ feed }) => feed)]);
}

/**
 * A rebuild that keeps the mark true. One of some feeds only, and one that is killed, leave none where the documents
 * were of another site file: the next start rebuilds all of them.
 */
export async function rebuildNoted(services: Services, options: RebuildOptions = {}): Promise<RebuildReport> {
  const isNoted = await isOfThisSite(services);
  const report = await rebuild(services, options);
  const isWhole = options.feeds === undefined && report.failed.length === 0;
  if (isWhole && !isNoted) await setMark(services, { site: madeBy(services.site) });
  return report;
}

/**
 * Whether all documents are of this site file. Where they are not, that is forgotten which they are of: to be asked
 * before the first of them is written, or a change that is given up halfway would leave some of each.
 */
export async function isOfThisSite(services: Services): Promise<boolean> {
  const mark = await readMark(services);
  if (mark?.site === madeBy(services.site)) return true;
  if (mark?.site !== undefined) await setMark(services, {});
  return false;
}

async function shortFeeds(services: Services): Promise<string[]> {
  // A window that is lost is in no listing.
  const names = new Set(services.site.feeds.map(({ name }) => name));
  for await (const key of services.stores.newsroom.list(WINDOWS)) {
    const name = feedOf(key);
    if (name !== undefined) names.add(name);
  }
  const short: string[] = [];
  for (const name of names) if (await isShort(services, name)) short.push(name);
  return short;
}
