import type { Command } from "commander";
import type { CopyDeps, CopyReport, CopyStep } from "../../maintain/copy.ts";
import type { Services } from "../../services.ts";
import type { Stores } from "../../store/stores.ts";
import { examples, optionsOf } from "../command.ts";
import { createMeter } from "../output/meter.ts";
import { EXIT, note, plain, print, printJson } from "../output/print.ts";
import { onFolder } from "../wire/folder.ts";
import { onStack, stackOf, withFolderOrStack } from "../wire/stack.ts";

const FROM =
  "where the records are: s3://BUCKET (a newsroom bucket), stack:NAME, or the path of a data folder";

export function addCopy(program: Command): void {
  withFolderOrStack(program.command("copy").argument("<from>", FROM))
    .summary("copy guids and records of another wire into this one")
    .description(
      "Copies the guids and then the records of another wire into this one, which writes its documents of them. A record " +
        "that is there in a newer version stays, an older one is replaced. May be cut off and run again: what is there " +
        "already costs a look. Exits with 1 when a record could not be copied. Works on the data folder (FLASHWIRE_DATA), " +
        "or on a deployed wire with AWS credentials that may read the one and write the other.",
    )
    .addHelpText(
      "after",
      examples(
        "copy stack:flashwire-dev --stack flashwire-prod",
        "copy s3://flashwire-old-newsroom-123456789012-eu-central-1 --stack flashwire-prod",
        "copy /backup/.flashwire",
      ),
    )
    .action(run);
}

async function run(text: string, _options: object, command: Command): Promise<void> {
  const from = await openFrom(text);
  try {
    const report = await (stackOf(command) === undefined
      ? onFolder(command, ({ services }) => copy({ ...services, from, publish: publishIn(services) }))
      : // The write of a record is an event of S3, which gets it published.
        onStack(command, ({ services }) => copy({ ...services, from })));
    const { kept, taken, unreadable, unpublished } = report;
    if (kept.length + taken.length + unreadable.length + unpublished.length > 0)
      process.exitCode = EXIT.refused;
    if (optionsOf(command).json) return printJson(report);
    for (const line of copiedLines(report)) print(line);
    for (const line of leftLines(report)) note(line);
  } finally {
    from.close();
  }
}

async function openFrom(text: string): Promise<Pick<Stores, "newsroom"> & { close(): void }> {
  const [, kind, name = ""] = /^(s3:\/\/|stack:)([^/]+)\/?$/.exec(text) ?? [];
  if (kind === undefined) return (await import("../../local/open.ts")).openRecordsOf(text);
  const { openRecords } = await import("../../aws/operator.ts");
  return openRecords(kind === "stack:" ? { stack: name } : { bucket: name });
}

const publishIn =
  ({ publisher }: Services): CopyDeps["publish"] =>
  async (ids) => {
    const { left, unreadable } = await publisher.publish(ids);
    return [...left.keys(), ...unreadable];
  };

async function copy(deps: CopyDeps): Promise<CopyReport> {
  const { copyWire } = await import("../../maintain/copy.ts");
  const meter = createMeter(undefined);
  const onStep = ({ step, done }: CopyStep) =>
    meter.show(`${done.toLocaleString("en-US")} ${step} looked at`);
  try {
    return await copyWire(deps, onStep);
  } finally {
    meter.stop();
  }
}

function copiedLines({ guids, records }: CopyReport): string[] {
  return [
    `guids: ${guids.copied} copied, ${guids.same} there already`,
    `records: ${records.copied} copied, ${records.replaced} in place of an older version, ${records.same} there already`,
  ];
}

/** The records that a person has to look at, with the first ids. */
function leftLines({ records, kept, taken, unreadable, unpublished }: CopyReport): string[] {
  const line = (count: number, what: string, ids: string[]) =>
    count === 0 ? [] : [`${count} ${what}: ${ids.map(plain).join(", ")}${count > ids.length ? ", …" : ""}`];
  return [
    ...line(records.kept, "not copied, because a newer version or other content is there", kept),
    ...line(records.taken, "not copied, because another article has the guid", taken),
    ...line(records.unreadable, "not copied, because the record cannot be read", unreadable),
    ...line(
      unpublished.length,
      "copied, and not in every document yet: run `flashwire rebuild`",
      unpublished,
    ),
  ];
}
