import { join } from "node:path";
import { createFetch, type GuardedFetch } from "../fetch/fetch.ts";
import { isReachable } from "../hubs/topics.ts";
import type { Services } from "../services.ts";
import type { DiskCalls } from "../store/file/disk-calls.ts";
import { type HubQueue, startHubQueue } from "./queue/hub-queue.ts";
import { openJournal } from "./queue/journal.ts";
import { lateJournal } from "./queue/late-journal.ts";

/** How the wire reaches servers of others. The defaults are the guarded fetch on the real network, and real time. */
export type Outside = { fetch?: GuardedFetch } & Partial<Pick<Services, "now" | "sleep">>;

/**
 * What tells the hubs of the site file; undefined where it names none, and where no hub could fetch what it is told of, which is
 * logged once (`hubs.skipped`).
 */
export async function openHubs(
  services: Services,
  data: string,
  outside: Outside,
  disk: DiskCalls,
): Promise<HubQueue | undefined> {
  const { site, log, now, sleep } = services;
  if (site.hubs.length === 0) return undefined;
  if (!isReachable(site.origin)) {
    const reason = `No hub on the Internet reaches ${site.origin}. Set FLASHWIRE_PUBLIC_URL to where readers find the feeds.`;
    log("hubs.skipped", { hubs: site.hubs, reason });
    return undefined;
  }
  const journal = await lateJournal(() => openJournal(join(data, "hubs"), log, disk), log);
  return startHubQueue({ site, log, now, sleep, fetch: createFetch(), ...outside }, journal);
}
