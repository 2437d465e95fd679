import { FlashwireError } from "../core/errors.ts";
import { touchedFeeds } from "../core/feed.ts";
import { findRecord } from "../repository/records.ts";
import type { Services } from "../services.ts";
import type { KeptSynced } from "./keep-synced.ts";
import type { Late } from "./late.ts";
import type { Loop } from "./queue/worker.ts";

type Parts = {
  services: Pick<Services, "site" | "stores" | "log">;
  late: Pick<Late, "isRefused">;
  loop: Pick<Loop, "publish">;
  synced: Pick<KeptSynced, "flush">;
};

/**
 * Publishes these articles, and answers those that a first try did not publish everywhere; the loop goes on with them. Of kills, the
 * documents are on the disk then: no loss of power brings a killed story back.
 */
export async function publishNow(
  parts: Parts,
  ids: string[],
  kills: ReadonlySet<string>,
): Promise<Map<string, unknown>> {
  const left = new Map<string, unknown>();
  const publish = (id: string) =>
    parts.loop.publish([id], kills).catch((error: unknown) => left.set(id, error));
  await Promise.all(ids.map(publish));
  const killed = ids.filter((id) => kills.has(id));
  if (killed.length === 0) return left;
  const flushed = parts.synced.flush();
  const settle = (id: string) =>
    flushed.then(() => throwIfRefused(parts, id)).catch((error: unknown) => left.set(id, error));
  await Promise.all(killed.map(settle));
  return left;
}

/** A flush tells of a folder that the disk refuses once, and that may have been another flush than the one of this kill. */
async function throwIfRefused({ services, late }: Parts, id: string): Promise<void> {
  const record = await findRecord(services, id);
  const refused = record && touchedFeeds(services.site, record).find(late.isRefused);
  if (refused === undefined) return;
  throw new FlashwireError("storage", `The disk does not take the documents of ${refused}.`);
}
