import type { Command } from "commander";
import { readConfig } from "../../config/environment.ts";
import { codeOf } from "../../contract/problem.ts";
import { FlashwireError } from "../../core/errors.ts";
import { MAX_RECORD_BYTES } from "../../core/limits.ts";
import { RECORD_ENDINGS } from "../../stream/names.ts";
import { examples, optionsOf } from "../command.ts";
import { batches } from "../input/batches.ts";
import { findSources, type Source, totalSize } from "../input/files.ts";
import { readSources } from "../input/records.ts";
import { SEND_BYTES, SEND_IDLE_MS, SEND_RECORDS } from "../limits.ts";
import { createMeter, type Meter } from "../output/meter.ts";
import { EXIT, note } from "../output/print.ts";
import { createReport, problemOf, type Report } from "../output/report.ts";
import { createSender, type Outgoing, type Sent } from "../wire/send.ts";
import { findTarget, type Target } from "../wire/target.ts";

export function addIngest(program: Command): void {
  program
    .command("ingest")
    .summary("send article records to the wire")
    .description(
      "Sends article records to the wire: files, all record files of a folder in the order of their names, or standard " +
        `input. The names of record files end in ${RECORD_ENDINGS}. What they hold, plain or in gzip, is one record, ` +
        "an array, or a record a line.\n\n" +
        "Sending twice does no harm: after an interruption run the same command again.",
    )
    .argument("<inputs...>", "files, folders, or - for standard input")
    .option("--wait", "have each record answered only when its feeds show it")
    .addHelpText(
      "after",
      examples(
        "ingest story.json",
        "ingest archive/ --wait",
        "ingest --json - < export.ndjson > results.ndjson",
      ) +
        "\nExit code: 0 all accepted, 1 some refused, 2 wrong usage, 3 the wire cannot be reached or refuses the token.\n",
    )
    .action(run);
}

async function run(inputs: string[], _options: object, command: Command): Promise<void> {
  const { json = false, wait = false, ...flags } = optionsOf<{ wait?: boolean }>(command);
  const target = await findTarget(flags, readConfig());
  const sources = await findSources(inputs, note);
  const meter = createMeter(totalSize(sources));
  const report = createReport(meter, json);
  process.once("SIGINT", () => {
    report.finish(false);
    process.exit(EXIT.interrupted);
  });

  let complete = false;
  try {
    await sendAll(target, sources, { wait, meter, report });
    complete = true;
  } finally {
    if (report.finish(complete) > 0) process.exitCode = EXIT.refused;
  }
}

async function sendAll(
  target: Target,
  sources: Source[],
  { wait, meter, report }: { wait: boolean; meter: Meter; report: Report },
): Promise<void> {
  const onLost = (error: FlashwireError) => meter.log(`${error.message} Trying again for a minute.`);
  const send = createSender(target, { wait, onLost });
  const limits = { count: SEND_RECORDS, weight: SEND_BYTES, weigh: weightOf, idle: SEND_IDLE_MS };
  for await (const batch of batches(outgoing(sources, meter, report), limits)) {
    for await (const sent of send(batch)) {
      meter.reach(sent.record.read);
      tell(report, sent);
    }
  }
}

/** The records that can be sent; what is no JSON is refused here, by the same rules as there. */
async function* outgoing(sources: Source[], meter: Meter, report: Report): AsyncGenerator<Outgoing> {
  for await (const found of readSources(sources, meter.log)) {
    const { place, read } = found;
    if ("error" in found) {
      report.refused(place, undefined, problemOf(found.error));
      continue;
    }
    const record = { place, read, json: JSON.stringify(found.value) };
    // A number such as 1e20 is longer when it is written out.
    if (Buffer.byteLength(record.json) <= MAX_RECORD_BYTES) yield record;
    else report.refused(place, undefined, problemOf(tooLarge()));
  }
}

function tooLarge(): FlashwireError {
  const detail = `A record has at most ${MAX_RECORD_BYTES} bytes, with each number written out`;
  return new FlashwireError("too-large", detail);
}

function tell(report: Report, { record, result, repeated }: Sent): void {
  const { id, status, problem, result: outcome, version, feeds, warnings } = result;
  if (outcome !== undefined && status < 400) {
    const details = {
      status,
      ...(version === undefined ? {} : { version }),
      ...(feeds === undefined ? {} : { feeds }),
      ...(warnings === undefined ? {} : { warnings }),
    };
    report.accepted(record.place, id, outcome, details);
  } else if (repeated && problem && codeOf(problem.type) === "stale") {
    // It was taken in by the sending whose answer was lost, and a newer version of the same batch came after it.
    report.accepted(record.place, id, "unchanged", { status });
  } else report.refused(record.place, id, problem ?? {}, status);
}

/** Bytes of the line that the record takes in a request. */
function weightOf({ json }: Outgoing): number {
  return Buffer.byteLength(json) + 1;
}
