import type { Context } from "aws-lambda";
import { createFetch, type GuardedFetch } from "../fetch/fetch.ts";
import { DEPLOY_SETTLES_MS, DIRECTORY_EVERY_MS } from "../upkeep/limits.ts";
import { type AskAsReader, createReaders, type Readers } from "../upkeep/readers.ts";
import type { TickReport } from "../upkeep/state.ts";
import { createUpkeep, type Upkeep } from "../upkeep/tick.ts";
import { READER_TIMEOUT_MS, TICK_RESERVE_MS } from "./limits.ts";
import type { AwsWire } from "./services.ts";
import type { Watch } from "./telemetry.ts";

type Wire = Pick<AwsWire, "services"> & { watch: Pick<Watch, "count"> };

/** The upkeep of a deployed wire: rounds of the audit go on where the last process left them. */
export const upkeepOf = ({ services }: Pick<Wire, "services">): Upkeep =>
  createUpkeep(services, {
    ...{ settlesMs: DEPLOY_SETTLES_MS, auditsAtStart: false },
    listsEveryMs: DIRECTORY_EVERY_MS,
  });

/** What looks at the documents that readers of a deployed wire get. */
export const readersOf = (
  { services }: Pick<Wire, "services">,
  ask: AskAsReader = askWith(createFetch()),
): Readers => createReaders(services, ask);

/** One tick, and what it did as metrics. */
export async function runTick(
  { services, watch }: Wire,
  upkeep: Upkeep,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<TickReport> {
  const end = services.now() + context.getRemainingTimeInMillis() - TICK_RESERVE_MS;
  const report = await upkeep.tick(() => services.now() >= end);
  watch.count("Ticks");
  if (report.repaired.length > 0) watch.count("Repairs", report.repaired.length);
  if (report.filled.length > 0) watch.count("FeedsFilled", report.filled.length);
  if (report.repaired.length + report.filled.length > 0) services.log("upkeep.repaired", report);
  return report;
}

/** Looks at what readers get, where a look is due, and sends the number of faults: the sign of life of upkeep, too. */
export async function lookAsReader({ watch }: Pick<Wire, "watch">, readers: Readers): Promise<void> {
  const faults = await readers.look();
  if (faults !== undefined) watch.count("ReaderFaults", faults.length);
}

/** Asks as a reader does. The first bytes of a document are enough: they came all the way. */
export function askWith(ask: GuardedFetch, allowed: { allowsPrivate?: boolean } = {}): AskAsReader {
  return async (url) => {
    const limits = { totalMs: READER_TIMEOUT_MS, maxRedirects: 0 };
    const answer = await ask(url, { ...allowed, headers: { "accept-encoding": "gzip" }, limits });
    const first = await answer.body[Symbol.asyncIterator]().next();
    await answer.cancel();
    const modified = new Date(answer.headers.get("last-modified") ?? "");
    return {
      status: answer.status,
      modified: Number.isNaN(modified.getTime()) ? undefined : modified,
      isEmpty: first.done === true,
    };
  };
}
