import type { Command } from "commander";
import { FlashwireError } from "../../core/errors.ts";
import { resolveFeed } from "../../core/feed.ts";
import { articleKey } from "../../repository/records.ts";
import { askForEpoch } from "../../repository/schedule.ts";
import type { Services } from "../../services.ts";
import { logStatus } from "../../upkeep/log-status.ts";
import type { RebuildOptions, RebuildProgress, RebuildReport } from "../../upkeep/rebuild.ts";
import { examples, optionsOf, siteFileOf } from "../command.ts";
import { createMeter } from "../output/meter.ts";
import { EXIT, note, plain, print, printJson } from "../output/print.ts";
import { folderConfig, openFolder, refuseTarget } from "../wire/folder.ts";
import { openLazily, stackOf, withFolderOrStack } from "../wire/stack.ts";

export function addRebuild(program: Command): void {
  withFolderOrStack(program.command("rebuild"))
    .summary("make the feeds of this machine's wire again from its records")
    .description(
      "Makes windows and documents again from the stored records: all feeds, or those named. Works on the data folder " +
        "itself (FLASHWIRE_DATA), beside a running wire or without one.",
    )
    .argument("[feeds...]", "names of feeds, such as breaking or section/usa")
    .option(
      "--log",
      "in their place begin a new epoch of the change log: the ticks of the wire bring every story to what the site file says, " +
        "then consumers begin with a new snapshot",
    )
    .addHelpText(
      "after",
      examples("rebuild", "rebuild breaking section/usa", "rebuild --stack flashwire-prod", "rebuild --log"),
    )
    .action(run);
}

async function run(feeds: string[], options: { log?: boolean }, command: Command): Promise<void> {
  const { json = false } = optionsOf(command);
  if (options.log && feeds.length > 0)
    throw new FlashwireError("invalid", "--log is about the change log, and takes no feed.");
  refuseTarget(command);
  const stack = stackOf(command);
  const wire =
    stack === undefined ? await openFolder(command) : await openDeployed(stack, siteFileOf(command));
  try {
    if (options.log) return await askForLog(wire.services, stack, json);
    checkNames(wire.services, feeds);
    const report = await rebuildWithMeter(wire.rebuild, feeds);
    if (report.failed.length + report.unreadable.length > 0) process.exitCode = EXIT.refused;
    if (json)
      return printJson({
        ...report,
        failed: report.failed.map(({ feed, error }) => ({ feed, error: String(error) })),
      });
    for (const { feed, error } of report.failed) note(`${feed}: ${plain(String(error))}`);
    for (const key of report.unreadable.map(articleKey))
      note(`${plain(key)} cannot be read and counts as none: send that article again, then rebuild.`);
    print(
      `${count(report.feeds.length, "feed")} made from ${count(report.records, "record")} in ${stack ?? folderConfig(command).data}.`,
    );
  } finally {
    await wire.close();
  }
}

/** The work is that of the tick, which can be cut off and goes on; a command could not. */
async function askForLog(services: Services, stack: string | undefined, json: boolean): Promise<void> {
  await askForEpoch(services);
  const { epoch, seq } = await logStatus(services, undefined, []);
  if (json) return printJson({ asked: true, epoch, seq });
  const present =
    epoch === undefined ? "There is no change log yet" : `The change log is at epoch ${epoch}, change ${seq}`;
  print(
    `${present}. A new epoch is asked for: the next ticks of the wire bring every story to what the site file says,`,
  );
  print("begin the epoch, and make its snapshot. Consumers go on with the present epoch until then.");
  print(`Watch it with \`flashwire status${stack === undefined ? "" : ` --stack ${stack}`}\`.`);
}

async function openDeployed(name: string, siteFile: string | undefined) {
  const { services, close } = await openLazily(name, siteFile);
  const { rebuild } = await import("../../upkeep/rebuild.ts");
  return { services, close, rebuild: (options: RebuildOptions) => rebuild(services, options) };
}

async function rebuildWithMeter(
  rebuild: (options: RebuildOptions) => Promise<RebuildReport>,
  feeds: string[],
): Promise<RebuildReport> {
  // First how many records there are is not known, then how many feeds there are is.
  let meter = createMeter(undefined);
  let counting = false;
  const onProgress = ({ step, done, total }: RebuildProgress) => {
    if (step === "scan") return meter.show(`${done.toLocaleString("en-US")} records read`);
    if (!counting) {
      counting = true;
      meter.stop();
      meter = createMeter(total);
    }
    meter.reach(done);
    meter.show(`${done} of ${total} feeds`);
  };
  try {
    return await rebuild({ ...(feeds.length === 0 ? {} : { feeds }), onProgress });
  } finally {
    meter.stop();
  }
}

function checkNames(services: Services, feeds: string[]): void {
  const unknown = feeds.filter((name) => resolveFeed(services.site, name) === undefined);
  if (unknown.length === 0) return;
  throw new FlashwireError("invalid", `The site file defines no feed ${unknown.join(", ")}.`);
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}
