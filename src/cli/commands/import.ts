import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { readConfig } from "../../config/environment.ts";
import { FlashwireError } from "../../core/errors.ts";
import { createFetch } from "../../fetch/fetch.ts";
import type { SourceSettings } from "../../import/item.ts";
import type { Step } from "../../import/kind.ts";
import { KINDS, type KindName } from "../../import/kinds.ts";
import { examples, optionsOf } from "../command.ts";
import { importItems } from "../import/import-items.ts";
import { createMeter } from "../output/meter.ts";
import { EXIT } from "../output/print.ts";
import { withPrivateAdvice } from "../output/private-advice.ts";
import { createReport } from "../output/report.ts";
import { findTarget } from "../wire/target.ts";

type Flags = { dryRun?: boolean; idPrefix?: string; section?: string; private?: boolean };

export function addImport(program: Command): void {
  const command = program
    .command("import")
    .summary("take over the articles of a website")
    .description(
      "Takes over what a website has published, and sends it to the wire as article records. Each article keeps the " +
        "identifier by which feed readers know it. Importing twice does no harm: what has not changed is not written again.",
    );
  for (const kind of Object.keys(KINDS) as KindName[]) addKind(command, kind);
}

const WORDS: Record<KindName, { summary: string; source: string; examples: string[] }> = {
  wordpress: {
    summary: "import a WordPress site: its REST interface, or an export file (WXR)",
    source: "the address of the site, or a file",
    examples: ["import wordpress https://blog.example.org --dry-run", "import wordpress export.xml"],
  },
  feed: {
    summary: "import a feed: RSS, RDF, Atom or JSON Feed",
    source: "the address of the feed, or a file",
    examples: [
      "import feed https://blog.example.org/feed.xml --dry-run",
      "import feed archive.xml --id-prefix blog-",
    ],
  },
};

function addKind(command: Command, kind: KindName): void {
  const words = WORDS[kind];
  command
    .command(kind)
    .summary(words.summary)
    .description(`${words.summary[0]?.toUpperCase()}${words.summary.slice(1)}.`)
    .argument("<source>", words.source)
    .option("--dry-run", "say what would become of each article, and store nothing")
    .option("--id-prefix <text>", "put before the id of each article, where several websites feed one wire")
    .option("--section <name>", "the section of articles that name none")
    .addOption(new Option("--private", "let the website stand in your own network"))
    .addHelpText("after", examples(...words.examples))
    .action((source: string, _options: object, own: Command) => run(kind, source, own));
}

async function run(kind: KindName, source: string, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf<Flags>(command);
  const target = await findTarget(flags, readConfig());
  const meter = createMeter(undefined);
  const report = createReport(meter, json);
  process.once("SIGINT", () => {
    report.finish(false);
    process.exit(EXIT.interrupted);
  });
  let isComplete = false;
  try {
    const steps = await stepsOf(kind, source, flags);
    await importItems(target, steps, {
      isDryRun: flags.dryRun ?? false,
      meter,
      report,
      now: Date.now,
      onMark() {},
    });
    isComplete = true;
  } catch (error) {
    throw withPrivateAdvice(error);
  } finally {
    if (report.finish(isComplete) > 0) process.exitCode = EXIT.refused;
  }
}

async function stepsOf(kind: KindName, source: string, flags: Flags): Promise<AsyncIterable<Step>> {
  const { idPrefix, section } = flags;
  const settings: SourceSettings = {
    ...(idPrefix === undefined ? {} : { idPrefix }),
    ...(section === undefined ? {} : { section }),
  };
  if (/^https?:\/\//i.test(source)) {
    return KINDS[kind].readAll(
      { ...settings, url: source, allowsPrivate: flags.private ?? false },
      { fetch: createFetch(), sleep, now: Date.now },
    );
  }
  if (!(await stat(source).catch(() => undefined))?.isFile()) {
    throw new FlashwireError("invalid", `${source} is neither an address (https://…) nor a file.`);
  }
  return KINDS[kind].readFile(() => createReadStream(source), settings);
}
