import type { Context } from "aws-lambda";
import { DEPLOY_SETTLES_MS } from "../upkeep/limits.ts";
import type { TickReport } from "../upkeep/state.ts";
import { createUpkeep, type Upkeep } from "../upkeep/tick.ts";
import { TICK_RESERVE_MS } from "./limits.ts";
import type { AwsWire } from "./services.ts";
import type { Watch } from "./telemetry.ts";

type Wire = Pick<AwsWire, "services"> & { watch: Pick<Watch, "count"> };

/** The upkeep of a deployed wire: rounds of the audit go on where the last process left them. */
export const upkeepOf = ({ services }: Pick<Wire, "services">): Upkeep =>
  createUpkeep(services, { settlesMs: DEPLOY_SETTLES_MS, auditsAtStart: false });

/** One tick, and what it did as metrics. */
export async function runTick(
  { services, watch }: Wire,
  upkeep: Upkeep,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<TickReport> {
  const end = services.now() + context.getRemainingTimeInMillis() - TICK_RESERVE_MS;
  const report = await upkeep.tick(() => services.now() >= end);
  watch.count("Ticks");
  watch.count("Repairs", report.repaired.length);
  watch.count("FeedsFilled", report.filled.length);
  if (report.repaired.length + report.filled.length > 0) services.log("upkeep.repaired", report);
  return report;
}
