import { statSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config/environment.ts";
import { loadSiteFile, type SiteFile } from "../config/site-file.ts";
import { FlashwireError } from "../core/errors.ts";
import { createMemory } from "../publish/publisher.ts";
import { type PurgeReport, purge } from "../purge/purge.ts";
import { createServices, type Services } from "../services.ts";
import { type DiskCalls, nodeCalls } from "../store/file/disk-calls.ts";
import { fileStore } from "../store/file/store.ts";
import type { Log, Stores } from "../store/stores.ts";
import { type RebuildOptions, type RebuildReport, rebuild } from "../upkeep/rebuild.ts";
import { aloneWithInbox, countWaitingFiles } from "./inbox-folder.ts";
import { isDocument, isWindow, type Late, lateOf } from "./late.ts";
import { FEEDS_AT_ONCE, MEMO_BYTES, SPARE_BYTES } from "./limits.ts";
import { type Seat, seatGuest, seatServer } from "./membership.ts";
import { countJournaled } from "./queue/dead-journals.ts";
import { withWrites } from "./queue/store-events.ts";

export type Opened = {
  services: Services;
  seat: Seat;
  rebuild(options: RebuildOptions): Promise<RebuildReport>;
  /** Removes the content of an article wherever the wire keeps it: see `purge`. */
  purge(id: string, reason?: string): Promise<PurgeReport>;
  /** What waits in the folder: articles to be published at the most, files of the inbox, documents that hubs wait to hear of. */
  waiting(): Promise<{ publish: number; inbox: number; hubs: number }>;
  /** Throws `storage` as long as nothing can be written. */
  check(): void;
  /** Of a served folder, what its stores have not synced yet. */
  late: Late;
  close(): void;
};

/** The data folder for a command that works on it beside its servers, or without one. */
export function openLocal(config: Config): Promise<Opened> {
  const otherwise = originOf(config.host, config.port);
  const origins = { wanted: config.publicUrl, otherwise };
  const sit = (siteFile: SiteFile) => seatGuest(config.data, siteFile, origins);
  return withFolder(config.data, () => openStores(config, sit, { log: () => {} }));
}

/**
 * The data folder for a server whose documents name this origin; to be called with `withFolder`. `onPublished` hears of each object that
 * was written into the public store. Windows and documents of feeds are written late while `isLate` answers true, and
 * documents are held in memory until they are flushed while `mayHold` does.
 */
export function openServed(config: Config, origin: string, served: Required<Served>): Promise<Opened> {
  return openStores(config, (siteFile) => seatServer(config.data, siteFile, origin), served);
}

/** What a process that opens a folder brings. */
export type Served = {
  log: Log;
  disk?: DiskCalls;
  onPublished?(key: string): void;
  isLate?(): boolean;
  mayHold?(): boolean;
};

/** The records of another data folder, such as a backup of one. Throws `not-found` where there is none. */
export async function openRecordsOf(data: string): Promise<Pick<Stores, "newsroom"> & { close(): void }> {
  const folder = join(data, "newsroom");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new FlashwireError(
      "not-found",
      `${data} is no data folder of a wire: it holds no folder newsroom.`,
    );
  const newsroom = fileStore(folder);
  return { newsroom, close: () => newsroom.close() };
}

/** Runs what needs the data folder. Throws `invalid` with its variable where the operating system refuses that. */
export async function withFolder<T>(data: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (!(cause instanceof Error) || !("code" in cause) || !isOfSystem(cause)) throw cause;
    const reason = cause.message.replace(/\.$/, "");
    const detail = `FLASHWIRE_DATA: ${data} cannot be used: ${reason}. ${adviceOn(cause)}`;
    throw new FlashwireError("invalid", detail, [], { cause });
  }
}

/** Of an object in the folder, the system says EISDIR or ENOTDIR only where the other kind takes its place. */
function adviceOn(error: Error): string {
  const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
  if (error instanceof FlashwireError && (code === "EISDIR" || code === "ENOTDIR"))
    return "A folder stands where a file belongs, or a file where a folder belongs: move it away.";
  return "It has to be a folder that this user may write.";
}

const isOfSystem = (error: Error) => !(error instanceof FlashwireError) || error.code === "storage";

/** The embedded stores of a data folder, with all that the use cases need. Many processes may have them open. */
async function openStores(
  { data, siteFile }: Config,
  sit: (siteFile: SiteFile) => Promise<Seat>,
  {
    log,
    onPublished = () => {},
    disk: calls = nodeCalls,
    isLate = () => false,
    mayHold = () => false,
  }: Served,
): Promise<Opened> {
  const loaded = await loadSiteFile(siteFile);
  const newsroom = fileStore(join(data, "newsroom"), {
    calls,
    isLate: (key) => isLate() && isWindow(key),
  });
  const site = fileStore(join(data, "site"), {
    calls,
    mayHold,
    isLate: (key) => isLate() && isDocument(key),
  });
  const published = withWrites(site, onPublished);
  const seat = await sit(loaded);
  const { site: named } = seat;
  const memory = createMemory({ site: named, log }, { memoBytes: MEMO_BYTES, spareBytes: SPARE_BYTES });
  const stores = { newsroom, published };
  const services = createServices({ site: named, stores, log, memory, feedsAtOnce: FEEDS_AT_ONCE });
  return {
    services,
    seat,
    rebuild: (options) => rebuild(services, options),
    purge: (id, reason) =>
      purge(
        { ...services, versions: undefined, withInbox: (run) => aloneWithInbox(services, data, run) },
        id,
        reason,
      ),
    waiting: async () => ({
      publish: countJournaled(join(data, "journal")),
      inbox: await countWaitingFiles(data),
      hubs: countJournaled(join(data, "hubs")),
    }),
    check() {
      newsroom.check();
      site.check();
    },
    late: lateOf(newsroom, site),
    close() {
      newsroom.close();
      site.close();
      seat.leave();
    },
  };
}

/** How a reader on this machine reaches a server that listens there. */
export function originOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
