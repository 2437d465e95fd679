import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { readConfig, readStateFolder } from "../../config/environment.ts";
import { loadSiteFile } from "../../config/site-file.ts";
import { FlashwireError } from "../../core/errors.ts";
import { createFetch } from "../../fetch/fetch.ts";
import { sourceAt } from "../../follow/source-at.ts";
import type { SourceSettings } from "../../import/item.ts";
import type { Step } from "../../import/kind.ts";
import { KINDS, type KindName } from "../../import/kinds.ts";
import { examples, optionsOf } from "../command.ts";
import { importItems } from "../import/import-items.ts";
import { markFile } from "../import/marks.ts";
import { createMeter } from "../output/meter.ts";
import { EXIT } from "../output/print.ts";
import { withPrivateAdvice } from "../output/private-advice.ts";
import { createReport } from "../output/report.ts";
import { folderConfig } from "../wire/folder.ts";
import { namedSource, onWire } from "../wire/sources.ts";
import { withFolderOrStack } from "../wire/stack.ts";
import { findTarget } from "../wire/target.ts";

type Flags = {
  dryRun?: boolean;
  fromStart?: boolean;
  idPrefix?: string;
  section?: string;
  private?: boolean;
};

/** What is imported: where it stands, and how it is read, from a mark or from its start. */
type Origin = {
  kind: KindName;
  source: string;
  settings: SourceSettings;
  steps(from?: string): AsyncIterable<Step>;
};

export function addImport(program: Command): void {
  const command = program
    .command("import")
    .summary("take over the articles of a website")
    .description(
      "Takes over what a website has published, and sends it to the wire as article records. Each article keeps the " +
        "identifier by which feed readers know it. Importing twice does no harm: what has not changed is not written again. " +
        "After an interruption type the same command again: it goes on where it was.",
    )
    .argument("[name]", "a source of the site file, with its defaults and the password that the wire keeps")
    .usage("[options] <name> | wordpress <source> | feed <source>")
    .addHelpText("after", examples("import cms --dry-run", "import wordpress https://blog.example.org"))
    .action(runNamed);
  withFolderOrStack(withOptions(command));
  for (const kind of Object.keys(KINDS) as KindName[]) addKind(command, kind);
}

function withOptions(command: Command): Command {
  return command
    .option("--dry-run", "say what would become of each article, and store nothing")
    .option("--from-start", "begin at the start, also where an earlier import was interrupted");
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
  withOptions(command.command(kind))
    .summary(words.summary)
    .description(`${words.summary[0]?.toUpperCase()}${words.summary.slice(1)}.`)
    .argument("<source>", words.source)
    .option("--id-prefix <text>", "put before the id of each article, where several websites feed one wire")
    .option("--section <name>", "the section of articles that name none")
    .addOption(new Option("--private", "let the website stand in your own network"))
    .addHelpText("after", examples(...words.examples))
    .action(async (source: string, _options: object, own: Command) =>
      run(await originOf(kind, source, own), own),
    );
}

async function runNamed(name: string | undefined, _options: object, command: Command): Promise<void> {
  if (name === undefined) command.help({ error: true });
  const { kind, at } = await onWire(command, async (services) => {
    const found = namedSource(services.site, name);
    return { kind: found.kind, at: await sourceAt(services, found) };
  });
  const { url, authorization: _, ...settings } = at;
  const steps = (from?: string) => KINDS[kind].readAll(at, outside(), from);
  await run({ kind, source: url, settings, steps }, command);
}

const outside = () => ({ fetch: createFetch(), sleep, now: Date.now });

async function run({ kind, source, settings, steps }: Origin, command: Command): Promise<void> {
  const { json = false, dryRun = false, fromStart = false, ...flags } = optionsOf<Flags>(command);
  const target = await findTarget(flags, readConfig());
  const meter = createMeter(undefined);
  const report = createReport(meter, json);
  process.once("SIGINT", () => {
    report.finish(false);
    process.exit(EXIT.interrupted);
  });
  const marks = markFile(readStateFolder(), [kind, source, JSON.stringify(settings), target.url], Date.now);
  const last = dryRun || fromStart ? undefined : await marks.read();
  if (last !== undefined)
    meter.log(
      `Going on where an import was interrupted (${last.since}). --from-start begins from the start.`,
    );
  let isComplete = false;
  try {
    await importItems(target, steps(last?.mark), {
      isDryRun: dryRun,
      meter,
      report,
      now: Date.now,
      onMark: async (mark) => (dryRun ? undefined : marks.keep(mark)),
    });
    if (!dryRun) await marks.forget();
    isComplete = true;
  } catch (error) {
    throw withPrivateAdvice(error);
  } finally {
    if (report.finish(isComplete) > 0) process.exitCode = EXIT.refused;
  }
}

async function originOf(kind: KindName, source: string, command: Command): Promise<Origin> {
  const { idPrefix, section, private: allowsPrivate = false } = optionsOf<Flags>(command);
  const timeZone = await zoneOf(command);
  const settings: SourceSettings = {
    ...(idPrefix === undefined ? {} : { idPrefix }),
    ...(section === undefined ? {} : { section }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
  if (/^https?:\/\//i.test(source)) {
    const at = { ...settings, url: source, allowsPrivate };
    return { kind, source, settings, steps: (from) => KINDS[kind].readAll(at, outside(), from) };
  }
  if (!(await stat(source).catch(() => undefined))?.isFile()) {
    throw new FlashwireError("invalid", `${source} is neither an address (https://…) nor a file.`);
  }
  const steps = () => KINDS[kind].readFile(() => createReadStream(source), settings);
  return { kind, source: resolve(source), settings, steps };
}

/** The zone of the site file; a command that sends to a wire elsewhere may have none. */
async function zoneOf(command: Command): Promise<string | undefined> {
  const { siteFile } = folderConfig(command);
  try {
    return (await loadSiteFile(siteFile)).at("https://feeds.example.org").timeZone;
  } catch (error) {
    if (siteFile === undefined && error instanceof FlashwireError) return undefined;
    throw error;
  }
}
