#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import metadata from "../../package.json" with { type: "json" };
import { examples } from "./command.ts";
import { addCopy } from "./commands/copy.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addFake } from "./commands/fake.ts";
import { addFeeds } from "./commands/feeds.ts";
import { addFollow } from "./commands/follow.ts";
import { addImport } from "./commands/import.ts";
import { addIngest } from "./commands/ingest.ts";
import { addPurge } from "./commands/purge.ts";
import { addRebuild } from "./commands/rebuild.ts";
import { addReplay } from "./commands/replay.ts";
import { addRestore } from "./commands/restore.ts";
import { addShow } from "./commands/show.ts";
import { addSmoke } from "./commands/smoke.ts";
import { addSource } from "./commands/source.ts";
import { addStatus } from "./commands/status.ts";
import { addSync } from "./commands/sync.ts";
import { addToken } from "./commands/token.ts";
import { addValidate } from "./commands/validate.ts";
import { addWithdraw } from "./commands/withdraw.ts";
import { EXIT, exitCodeOf, reportError } from "./output/print.ts";

const program = new Command("flashwire")
  .description("The news wire at a terminal: sends article records, and shows what readers see of them.")
  // A command may have a --version of its own.
  .version(metadata.version, "-V", "print the version, as does `flashwire --version`")
  .option("--url <origin>", "the wire to speak to (default: FLASHWIRE_URL, else the local wire)")
  .option("--token <token>", "its bearer token (default: FLASHWIRE_TOKEN, else that of the local wire)")
  .option(
    "--config <path>",
    "the site file (default: FLASHWIRE_CONFIG, else flashwire.config.ts of the wire)",
  )
  .option("--json", "answer in JSON, for programs")
  .configureHelp({ showGlobalOptions: true })
  // What stands behind the sign of equality may be a token.
  .configureOutput({
    outputError: (text, write) => write(text.replace(/(unknown option '[^'=]*)=[^']*/, "$1")),
  })
  .showHelpAfterError("Add --help to see what is possible.")
  .addHelpText("after", examples("ingest story.json", "show my-story", "feeds", "ingest --help"))
  .exitOverride();

const local = [
  addIngest,
  addImport,
  addFollow,
  addShow,
  addWithdraw,
  addFeeds,
  addSync,
  addValidate,
  addRebuild,
];
const operators = [
  addPurge,
  addRestore,
  addCopy,
  addToken,
  addSource,
  addStatus,
  addReplay,
  addSmoke,
  addDoctor,
  addFake,
];
for (const add of [...local, ...operators]) add(program);

// A reader that has seen enough, such as head, closes the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? EXIT.ok);
  throw error;
});

try {
  const [first, ...rest] = process.argv.slice(2);
  if (first === "--version" && rest.length === 0) process.argv[2] = "-V";
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else {
    reportError(error, program.opts<{ json?: boolean }>().json === true);
    process.exitCode = exitCodeOf(error);
  }
}
