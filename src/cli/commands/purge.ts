import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { articleId } from "../../core/article-id.ts";
import { FlashwireError } from "../../core/errors.ts";
import type { PurgeReport } from "../../purge/purge.ts";
import { FORMATS } from "../../render/formats.ts";
import { examples, optionsOf } from "../command.ts";
import { EXIT, note, plain, print, printJson } from "../output/print.ts";
import { onFolder } from "../wire/folder.ts";
import { onStack, stackOf, withFolderOrStack } from "../wire/stack.ts";

type PurgeOptions = { yes?: boolean; reason?: string };

/** What a purge asks of a data folder or of a deployed wire. */
type Purges = { purge(id: string, reason?: string): Promise<PurgeReport> };

export function addPurge(program: Command): void {
  withFolderOrStack(program.command("purge").argument("<id>", "the id of the article"))
    .summary("remove the content of an article for good")
    .description(
      "Removes the content of an article wherever the wire keeps it, for the lawyers: withdraws it where it is live, " +
        "writes the documents that may show it, removes every stored version of its record, and cuts it out of the " +
        "files and results of the inbox. The tombstone stays. Says what it removed, and what lies outside its reach. " +
        "Nothing brings the content back. Exits with 1 when something is left to do, or the wire has nothing of the article; doing it twice does no harm. " +
        "Works on the data folder (FLASHWIRE_DATA), or on a deployed wire with AWS credentials.",
    )
    .option("--yes", "do not ask; needed where there is no terminal")
    .option(
      "--reason <text>",
      "why, for the newsroom alone: kept with a tombstone that the purge makes, in no document",
    )
    .addHelpText("after", examples("purge my-story", "purge my-story --yes --stack flashwire-prod"))
    .action(run);
}

async function run(text: string, _options: object, command: Command): Promise<void> {
  const { json = false, yes = false, reason } = optionsOf<PurgeOptions>(command);
  const id = articleId(text);
  if (id === undefined) throw new FlashwireError("invalid", `${plain(text)} is no id of an article.`);
  if (!yes) await confirm(id);
  const isDeployed = stackOf(command) !== undefined;
  const work = (wire: Purges) => wire.purge(id, reason);
  const report = await (isDeployed ? onStack(command, work) : onFolder(command, work));
  if (report.left.length > 0 || isUnknown(report)) process.exitCode = EXIT.refused;
  const outside = outsideOf(isDeployed);
  if (json) return printJson({ ...report, outside });
  for (const line of removedLines(report)) print(line);
  print("Outside of its reach:");
  for (const line of outside) print(`- ${line}`);
  for (const line of report.left) note(`LEFT TO DO: ${plain(line)}`);
  if (isUnknown(report)) note(`The wire has nothing of ${id}. Is the id right?`);
}

/** Whether nothing of the article was found anywhere. */
function isUnknown({ was, feeds, versions, inbox }: PurgeReport): boolean {
  const found = [...inbox.files, ...inbox.results];
  return was === "nothing" && feeds.length + versions + inbox.versions + found.length === 0;
}

/** Throws `invalid` where nobody types the id. */
async function confirm(id: string): Promise<void> {
  if (process.stdin.isTTY !== true)
    throw new FlashwireError(
      "invalid",
      "A purge cannot be undone: give --yes, or type the id on a terminal.",
    );
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const typed = await terminal.question("Nothing brings the content back. Type the id to purge it: ");
    if (articleId(typed) !== id) throw new FlashwireError("invalid", "That is another id; nothing was done.");
  } finally {
    terminal.close();
  }
}

const WAS = {
  published: "is withdrawn now; the tombstone stays",
  withdrawn: "was withdrawn before; the tombstone stays",
  nothing: "has no record, and leaves no tombstone",
} satisfies Record<PurgeReport["was"], string>;

function removedLines({ id, was, feeds, versions, inbox }: PurgeReport): string[] {
  const { files, results, versions: old, others } = inbox;
  const cut = files.map(({ name, records }) => `inbox: ${plain(name)}: ${records} cut out`);
  return [
    `${id} ${WAS[was]}.`,
    `feeds whose documents are written: ${feeds.length === 0 ? "none" : feeds.join(", ")}`,
    `old versions of the record removed: ${versions}`,
    ...(cut.length === 0 ? ["inbox: no file has records of it"] : cut),
    ...results.map((name) => `inbox: ${plain(name)}: what it said of the article is cut out`),
    `old versions of the inbox removed: ${old}`,
    ...others.map((name) => `inbox: nobody looked into ${plain(name)}, which is no file of records`),
  ];
}

/** Where content may lie that no command of the wire can remove. */
function outsideOf(isDeployed: boolean): string[] {
  const caches = `caches of documents: they may answer an older one for ${cacheSeconds()} seconds, and for a day while the wire is away`;
  const everywhere = [
    caches,
    "readers, partners and search engines that have fetched the story, and pictures at the addresses that it named",
    "the systems that sent the story, and files that were sent with `flashwire ingest`",
    "logs: they name the id, and never hold content",
  ];
  return isDeployed
    ? [
        ...everywhere,
        "backups and replicas of the buckets, and versions of documents where somebody has given the site bucket versions",
        "parts of uploads to the inbox that were cut off: S3 removes them after two days",
      ]
    : [
        ...everywhere,
        "backups and snapshots of the data folder, and blocks of the disk that are not written over yet",
        "temporary files of a wire that was killed while it wrote: the next start removes those older than an hour",
      ];
}

/** How long a cache may keep and go on answering a document. */
function cacheSeconds(): number {
  const seconds = (text: string, name: string) => Number(new RegExp(`${name}=(\\d+)`).exec(text)?.[1] ?? 0);
  return Math.max(
    ...FORMATS.map(
      ({ cacheControl }) =>
        seconds(cacheControl, "max-age") + seconds(cacheControl, "stale-while-revalidate"),
    ),
  );
}
