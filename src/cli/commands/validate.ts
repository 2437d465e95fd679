import type { Command } from "commander";
import type { Preview } from "../../contract/answers.ts";
import type { FieldProblem } from "../../core/errors.ts";
import { examples, optionsOf, siteFileOf } from "../command.ts";
import { findSources, totalSize } from "../input/files.ts";
import { type ReadRecord, readSources } from "../input/records.ts";
import { createMeter } from "../output/meter.ts";
import { EXIT, note } from "../output/print.ts";
import { createReport, problemOf, type Report } from "../output/report.ts";

export function addValidate(program: Command): void {
  program
    .command("validate")
    .summary("check records without sending them")
    .description(
      "Checks article records by the rules of the wire and its site file, without sending them. Needs no wire. " +
        "Only the wire knows which versions and identifiers it has already.",
    )
    .argument("<inputs...>", "files, folders, or - for standard input")
    .option("--strict", "refuse a record that the wire would take with warnings")
    .option("--render", "print the feeds of each record, and its entry in each format")
    .addHelpText(
      "after",
      `${examples("validate story.json", "validate archive/", "validate --render story.json")}\nExit code: 0 all valid, 1 some not, 2 wrong usage.\n`,
    )
    .action(run);
}

async function run(inputs: string[], _options: object, command: Command): Promise<void> {
  const { json = false, strict = false, render = false } = optionsOf<Options>(command);
  const sources = await findSources(inputs, note);
  const meter = createMeter(totalSize(sources));
  const report = createReport(meter, json);
  const readRecord = await loadCheck(siteFileOf(command), { strict, render });
  let complete = false;
  try {
    for await (const found of readSources(sources, meter.log)) {
      meter.reach(found.read);
      check(found, report, readRecord);
    }
    complete = true;
  } finally {
    if (report.finish(complete) > 0) process.exitCode = EXIT.refused;
  }
}

type Options = { strict?: boolean; render?: boolean };

type Check = (record: unknown) => { id: string; warnings: FieldProblem[]; preview?: Preview };

/** The checks that need no wire. Throws for a wrong site file. */
async function loadCheck(
  siteFile: string | undefined,
  { strict, render }: Required<Options>,
): Promise<Check> {
  // The sanitiser is a third of the start of any command, and only this one needs it.
  const { readArticle, siteContext } = await import("../../validate/article.ts");
  const { loadSiteFile } = await import("../../config/site-file.ts");
  const { checkGuid, defaultGuid } = await import("../../core/guid.ts");
  const site = (await loadSiteFile(siteFile)).at("http://localhost");
  const { nextRecord } = await import("../../ingest/next-record.ts");
  const { previewOf } = await import("../../render/preview.ts");
  return (record) => {
    const now = Date.now();
    const { article, warnings } = readArticle(record, { ...siteContext(site), now, strict });
    checkGuid(site, article);
    const { id } = article;
    if (!render) return { id, warnings };
    const sent = { ...article, guid: article.guid ?? defaultGuid(site, id) };
    const first = nextRecord(site, sent, { current: undefined, relation: "first", found: [], now });
    return { id, warnings, preview: previewOf(site, undefined, first) };
  };
}

function check(found: ReadRecord, report: Report, readRecord: Check): void {
  if ("error" in found) {
    report.refused(found.place, undefined, problemOf(found.error));
    return;
  }
  try {
    const { id, warnings, preview } = readRecord(found.value);
    const details = { ...(warnings.length > 0 && { warnings }), ...(preview && { preview }) };
    report.accepted(found.place, id, "valid", details);
  } catch (error) {
    const { id } = (found.value ?? {}) as { id?: unknown };
    report.refused(found.place, typeof id === "string" ? id : undefined, problemOf(error));
  }
}
