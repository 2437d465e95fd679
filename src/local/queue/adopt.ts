import { articleIdOf } from "../../repository/records.ts";
import { isStored } from "../../repository/stored.ts";
import type { Services } from "../../services.ts";
import type { Journal } from "./journal.ts";
import type { Loop } from "./worker.ts";

type Deps = { journal: Journal; loop: Pick<Loop, "onWrite">; services: Pick<Services, "stores" | "log"> };

/** Publishes what processes that died had accepted. */
export async function adopt({ journal, loop, services }: Deps): Promise<void> {
  const entries = await journal.adopt((key) => isWork(services, key));
  if (entries.length > 0) services.log("journal.adopted", { articles: entries.length });
  for (const entry of entries) if (articleIdOf(entry.key) !== undefined) loop.onWrite(entry);
}

/**
 * An entry of a kind that this version does not know stays for one that does, if something is stored under its key.
 * Otherwise nothing was accepted, or the line was never an entry.
 */
async function isWork({ stores, log }: Deps["services"], key: string): Promise<boolean> {
  if (articleIdOf(key) !== undefined) return true;
  // A RangeError says that the line is no key. What cannot be looked at now is looked at by the next process.
  const kept = await isStored({ stores }, key).catch((error) => !(error instanceof RangeError));
  log("journal.unknown", { key, kept });
  return kept;
}
