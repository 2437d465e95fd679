import type { Context } from "aws-lambda";
import type { Services } from "../services.ts";
import { askForRepair } from "../upkeep/resumable-rebuild.ts";
import { type SweepReport, sweep } from "../upkeep/sweep.ts";
import { SWEEP_RESERVE_MS } from "./limits.ts";
import type { AwsWire } from "./services.ts";
import type { Watch } from "./telemetry.ts";

/** Whose feeds this process has seen begun: after a deploy the new ones of the site file appear, empty. */
const started = new WeakSet<Services>();

/** One sweep, and what it found as metrics. */
export async function runSweep(
  { services, watch }: Pick<AwsWire, "services"> & { watch: Pick<Watch, "count"> },
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SweepReport> {
  const until = services.now() + context.getRemainingTimeInMillis() - SWEEP_RESERVE_MS;
  if (!started.has(services)) {
    const { failed, underfilled } = await services.publisher.startFeeds();
    await askForRepair(services, underfilled);
    if (failed.length === 0) started.add(services);
  }
  const report = await sweep(services, until);
  watch.count("Sweeps");
  watch.count("Repairs", report.repaired.length);
  watch.count("FeedsFilled", report.filled.length);
  if (report.repaired.length + report.filled.length > 0) services.log("sweep.repaired", report);
  return report;
}
