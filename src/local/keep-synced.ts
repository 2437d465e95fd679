import type { Services } from "../services.ts";
import { comparedStore } from "./compared.ts";
import type { Late } from "./late.ts";
import type { Journal } from "./queue/journal.ts";
import { startSyncing } from "./syncing.ts";
import type { Marker } from "./unsynced.ts";

/** What a server does so that late windows and documents come to the disk, and are not served before they are compared. */
export type KeptSynced = {
  /** For the loop: an article is settled when its documents are on the disk. */
  journal: Journal;
  /** The services for requests of readers. */
  forReaders(services: Services): Services;
  /** Begins to compare the documents that the previous process left. */
  start(): void;
  /** Resolves when all that was written before the call is on the disk: see `Late`. */
  flush(): Promise<void>;
  /** To be called when nothing is written any more. */
  close(): Promise<void>;
};

type Parts = {
  services: Pick<Services, "publisher" | "stores" | "log">;
  late: Late;
  journal: Journal;
  marker: Marker;
  onShort(feeds: string[]): Promise<void>;
};

export function keepSynced({ services, late, journal, marker, onShort }: Parts): KeptSynced {
  const syncing = startSyncing(late, journal, services.log);
  const compared = comparedStore({ ...services, suspect: late.suspect, onShort });
  let isClosed = false;
  let comparing: Promise<boolean> = Promise.resolve(!marker.wasThere);
  const note = (error: unknown) => {
    services.log("unsynced.failed", { error: String(error) });
    return false;
  };
  return {
    journal: { ...journal, settle: syncing.settle },
    forReaders: (all) =>
      marker.wasThere ? { ...all, stores: { ...all.stores, published: compared.published } } : all,
    start() {
      if (marker.wasThere) comparing = compared.all(() => isClosed).catch(note);
    },
    flush: syncing.flush,
    async close() {
      isClosed = true;
      const isWhole = await comparing;
      if ((await syncing.close()) && isWhole) await marker.remove();
    },
  };
}
