import type { Command } from "commander";
import { articleId } from "../../core/article-id.ts";
import { FlashwireError } from "../../core/errors.ts";
import type { RestoreReport } from "../../maintain/restore-version.ts";
import type { KeptVersion } from "../../maintain/versions.ts";
import { examples, optionsOf } from "../command.ts";
import { EXIT, note, plain, print, printJson, table } from "../output/print.ts";
import { onStack, stackOf, withFolderOrStack } from "../wire/stack.ts";

type RestoreOptions = { list?: boolean; version?: string; revive?: boolean };

export function addRestore(program: Command): void {
  withFolderOrStack(program.command("restore").argument("<id>", "the id of the article"))
    .summary("put an earlier version of a record back")
    .description(
      "Puts an earlier version of a record back on a deployed wire, whose bucket keeps the versions of 90 days. The old " +
        "content comes as a new edition: readers get it in the place of what they have, and every feed that has the " +
        "story, or had it, is written. Without --version it restores a record that was deleted or cannot be read, as it " +
        "was last. The newsroom's next version replaces what was restored. Needs AWS credentials; a data folder keeps no " +
        "versions: `flashwire copy BACKUP` brings back what it has lost.",
    )
    .option("--list", "show the versions, the newest first, and restore nothing")
    .option("--version <version>", "the version to go back to, by the name that --list shows")
    .option("--revive", "also where a live story takes the place of a withdrawal")
    .addHelpText(
      "after",
      examples(
        "restore my-story --list --stack flashwire-prod",
        "restore my-story --version 3HL4kqtJlcpXroDTDmJ --stack flashwire-prod",
      ),
    )
    .action(run);
}

const NO_VERSIONS =
  "A data folder keeps one version of each record, the present one. `npx flashwire copy BACKUP` brings records back that " +
  "are lost or cannot be read, from a backup of the folder; to go back to an earlier content, send it again with a higher " +
  "revision or a later updated. On a deployed wire, name it with --stack.";

async function run(text: string, _options: object, command: Command): Promise<void> {
  const { json = false, list = false, version, revive } = optionsOf<RestoreOptions>(command);
  const id = articleId(text);
  if (id === undefined) throw new FlashwireError("invalid", `${plain(text)} is no id of an article.`);
  if (stackOf(command) === undefined) throw new FlashwireError("invalid", NO_VERSIONS);
  if (list) {
    const versions = await onStack(command, async ({ versions }) => kept(versions, id));
    if (json) return printJson(versions);
    for (const line of versionLines(versions)) print(line);
    return;
  }
  const report = await onStack(command, async ({ services, versions }) => {
    const { restoreVersion } = await import("../../maintain/restore-version.ts");
    return restoreVersion({ ...services, versions }, id, { version, revives: revive });
  });
  if (report.left.length > 0) process.exitCode = EXIT.refused;
  if (json) return printJson(report);
  for (const line of restoredLines(report)) print(line);
  for (const line of report.left) note(`LEFT TO DO: ${plain(line)} Run the command again.`);
}

async function kept(...args: Parameters<typeof import("../../maintain/versions.ts").keptVersions>) {
  const { keptVersions } = await import("../../maintain/versions.ts");
  return keptVersions(...args);
}

function versionLines(versions: KeptVersion[]): string[] {
  const rows = versions.map(({ id, written, is, isPresent, version = "", headline = "" }) => [
    plain(id),
    written.slice(0, 19),
    isPresent ? `${is}, present` : is,
    plain(version),
    plain(headline),
  ]);
  return table(["version", "written (UTC)", "what", "of the wire", "headline"], rows);
}

const WAS = {
  published: "the version that was there",
  withdrawn: "the withdrawal that was there",
  unreadable: "what could not be read",
  nothing: "a record that was deleted",
} satisfies Record<RestoreReport["was"], string>;

function restoredLines({ id, result, was, version, feeds, from }: RestoreReport): string[] {
  const written = from.written.slice(0, 19);
  return [
    result === "unchanged"
      ? `${id} has the content of ${written} already (version ${version}).`
      : `${id} has the content of ${written} again, as version ${version}, in place of ${WAS[was]}.`,
    `feeds that have it or had it, and are written: ${feeds.length === 0 ? "none" : feeds.join(", ")}`,
  ];
}
