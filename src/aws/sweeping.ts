import type { Context } from "aws-lambda";
import { SWEEP_RESERVE_MS } from "../core/limits.ts";
import { startFeeds } from "../publish.ts";
import { type SweepReport, sweep } from "../sweep.ts";
import type { AwsWire } from "./open.ts";
import type { Watch } from "./watch.ts";

/** Feeds that this process has seen begun: after a deploy the new ones of the site file appear, empty. */
let started = false;

/** One sweep, and what it found as metrics. */
export async function runSweep(
  { services, watch }: Pick<AwsWire, "services"> & { watch: Pick<Watch, "count"> },
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SweepReport> {
  const until = services.now() + context.getRemainingTimeInMillis() - SWEEP_RESERVE_MS;
  if (!started) {
    const { failed } = await startFeeds(services);
    started = failed.length === 0;
  }
  const report = await sweep(services, until);
  watch.count("Sweeps");
  watch.count("Repairs", report.repaired.length);
  watch.count("FeedsFilled", report.filled.length);
  if (report.repaired.length + report.filled.length > 0) services.log("sweep.repaired", report);
  return report;
}
