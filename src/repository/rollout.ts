import { createHash } from "node:crypto";
import { SITE_KEY } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import type { Stores } from "../store/stores.ts";
import { orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

/*
 * Which site file all windows and documents are of, kept in the newsroom bucket: who finds another one there than his
 * own has to make them anew from the records.
 */

/** A site file that is being carried out: some are of it, some are not. */
export type Rollout = {
  site: string;
  /** When every feed begins to be rebuilt. */
  begins: string;
  /** The feed up to which that is done. */
  reached?: string;
};

export type RolloutMark = { site?: string; change?: Rollout };

/** Names what feeds are made by: the site file but for how AWS serves it, and `code`, whatever else they depend on. */
export function fingerprintOf({ site }: { site: Site }, code?: number): string {
  const { aws: _, ...made } = site;
  return createHash("sha256")
    .update(JSON.stringify([made, code]))
    .digest("hex");
}

/** Undefined where nothing is known. What is no mark is that of another. */
export async function readMark({ stores }: { stores: Stores }): Promise<RolloutMark | undefined> {
  const stored = await stores.newsroom.get(SITE_KEY);
  if (stored === undefined) return undefined;
  const read = async () => parseStored<RolloutMark>(SITE_KEY, stored, () => true);
  const mark = await orUnreadable(read());
  return mark instanceof UnreadableError ? {} : mark;
}

/** `site` is to be said when the last of them has been written, another one taken back before the first is. */
export async function setMark({ stores }: { stores: Stores }, mark: RolloutMark): Promise<void> {
  const body = Buffer.from(`${JSON.stringify(mark)}\n`);
  await stores.newsroom.put(SITE_KEY, body, { contentType: "application/json" });
}
