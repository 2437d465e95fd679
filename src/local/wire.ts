import { join } from "node:path";
import type { Config } from "../config/environment.ts";
import { listen } from "../http/adapters/node.ts";
import { createApp } from "../http/app.ts";
import { anyOf } from "../http/auth.ts";
import { createDocuments } from "../http/documents.ts";
import { articleIdOf } from "../repository/records.ts";
import { storedTokens } from "../repository/tokens.ts";
import type { Services } from "../services.ts";
import { type DiskCalls, nodeCalls } from "../store/file/disk-calls.ts";
import type { Log } from "../store/stores.ts";
import { askForRepair } from "../upkeep/rebuild-job.ts";
import { createUpkeep } from "../upkeep/tick.ts";
import { type Alone, stayAlone } from "./alone.ts";
import { createChecker } from "./checking/checker.ts";
import { firstDirectory } from "./first-directory.ts";
import { createFollower } from "./follow-timer.ts";
import { collectingAfterLoads } from "./garbage.ts";
import { type InboxFolder, openInbox } from "./inbox-folder.ts";
import { keepSynced } from "./keep-synced.ts";
import { LIST_AFTER_MS } from "./limits.ts";
import { openServed, originOf, withFolder } from "./open.ts";
import { type Outside, openHubs } from "./open-hubs.ts";
import { openTokens } from "./own-token.ts";
import { reservePort } from "./port.ts";
import { stayPresent } from "./presence.ts";
import { publishNow } from "./publish-now.ts";
import { adopt } from "./queue/adopt.ts";
import type { HubQueue } from "./queue/hub-queue.ts";
import { openJournal } from "./queue/journal.ts";
import { lateJournal, throwUnlessFull } from "./queue/late-journal.ts";
import { withEvents } from "./queue/store-events.ts";
import { startLoop } from "./queue/worker.ts";
import { soon, untilDone } from "./repeat.ts";
import { beginAgainWhereRestored } from "./restored.ts";
import { type Marker, placeMarker } from "./unsynced.ts";
import { createTicks } from "./upkeep-timer.ts";

export type Wire = {
  /** Where it listens. */
  url: string;
  services: Services;
  /** The token of the data folder; undefined when the environment sets the tokens. */
  token: string | undefined;
  /** The file with the token for commands on this machine; undefined where the wire could not make it. */
  tokenFile: string | undefined;
  /** The files that people put into the data folder. */
  inbox: InboxFolder;
  /** Resolves when nothing is left to publish or to repair. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

/**
 * The whole wire in this process: store, HTTP, and the loop that plays the events of S3. On a full disk it serves readers, and
 * answers 503 to writers until there is room. `outside`: how it reaches hubs and sources.
 */
export async function startWire(
  config: Config,
  log: Log,
  outside: Outside = {},
  disk: DiskCalls = nodeCalls,
): Promise<Wire> {
  const port = await reservePort(config);
  const own = originOf(config.host, port.number);
  const wire = await withFolder(config.data, () =>
    openWire(config, own, log, { outside, disk }).finally(port.free),
  );
  const at = { host: config.host, port: port.number };
  const server = await listen(wire.served.app, at, wire.served.documents);
  const { id: wireId } = wire.folder.seat;
  const present = await stayPresent(config.data, { ...wire, wireId, log }, () => adoptAll(wire));
  wire.ticks.start();
  wire.synced.start();
  wire.inbox.start();
  wire.follower.start();
  // Once it listens: hubs fetch what they are told of.
  const adopted = adoptAll(wire).catch((error) => log("startup.failed", { error: String(error) }));
  return {
    url: wire.url,
    services: wire.services,
    token: wire.token,
    tokenFile: wire.tokenFile,
    inbox: wire.inbox,
    async idle() {
      await adopted;
      await wire.loop.idle();
      await wire.ticks.idle();
      await wire.synced.flush();
    },
    async close() {
      await present.end();
      await Promise.all([server.close(), wire.inbox.close(), wire.follower.close()]);
      await wire.checker.close();
      await Promise.all([wire.loop.close(), wire.ticks.close()]);
      await wire.synced.close();
      await wire.alone.end();
      await Promise.all([wire.journal.close(), wire.hubs?.close()]);
      wire.folder.close();
    },
  };
}

type Parts = Awaited<ReturnType<typeof openWire>>;

type World = { outside: Outside; disk: DiskCalls };

/** Everything but the network. */
async function openWire(config: Config, url: string, log: Log, { outside, disk }: World) {
  const { data } = config;
  const { check: tokens, token, tokenFile } = await openTokens(config, log);
  let hubs: HubQueue | undefined;
  let marker: Marker | undefined;
  let alone: Alone | undefined;
  const folder = await openServed(config, config.publicUrl ?? url, {
    ...{ log, disk },
    onPublished: (key) => hubs?.onPublished(key),
    isLate: () => marker?.isPlaced === true,
    mayHold: () => alone?.isNow() === true,
  });
  marker = await placeMarker(data, folder.seat.isAlone, disk);
  // Before the first document is written.
  hubs = await openHubs(folder.services, data, outside, disk);
  const journal = await lateJournal(() => openJournal(join(data, "journal"), log, disk), log);
  const onShort = async (feeds: string[]) => {
    await askForRepair(folder.services, feeds);
    ticks.poke();
  };
  const synced = keepSynced({ ...folder, journal, marker, onShort });
  alone = await stayAlone(data, { isOnly: folder.seat.whereAlone, flush: synced.flush, log });
  const loop = startLoop(
    { ...folder.services, publisher: collectingAfterLoads(folder.services.publisher) },
    synced.journal,
    onShort,
    soon(() => ticks.poke()),
  );
  const { stores } = folder.services;
  const newsroom = withEvents(stores.newsroom, {
    journal,
    begin: () => begin(),
    hears: isArticle,
    onWrite: loop.onWrite,
  });
  const services = { ...folder.services, stores: { ...stores, newsroom } };
  // What upkeep writes into records is an event like any other write.
  const upkeep = createUpkeep(services, {
    ...{ settlesMs: 0, auditsAtStart: true },
    listsEveryMs: LIST_AFTER_MS / 2,
  });
  // Before a record is accepted, so that a change of the site file that is given up halfway is not forgotten.
  const begin = untilDone(upkeep.begin);
  // Before the log is told of anything.
  await beginAgainWhereRestored(services, data);
  await begin().catch(throwUnlessFull);
  await firstDirectory(services);
  const ticks = createTicks(services, upkeep);
  const inbox = openInbox(services, data);
  const check = () => {
    journal.check();
    folder.check();
  };
  const follower = createFollower(services, outside.fetch);
  const readers = synced.forReaders(services);
  const documents = createDocuments(readers);
  const publish = (ids: string[], kills: ReadonlySet<string>) =>
    publishNow({ ...folder, loop, synced }, ids, kills);
  const health = { wire: folder.seat.id, check };
  const known = anyOf(tokens, storedTokens(services));
  const checker = createChecker();
  const app = createApp({ services: readers, documents, tokens: known, publish, health, read: checker.read });
  const served = { app, documents };
  const work = { journal, synced, alone, loop, ticks, hubs, inbox, follower, checker };
  return { url, folder, services, token, tokenFile, served, ...work };
}

const isArticle = (key: string) => articleIdOf(key) !== undefined;

/** Takes over what processes that died left. */
async function adoptAll(wire: Parts): Promise<void> {
  await adopt(wire);
  await wire.hubs?.adopt();
}
