import { Command, CommanderError } from "commander";
import metadata from "../../package.json" with { type: "json" };
import { examples } from "./command.ts";
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
  // The value behind the sign of equality may be a token.
  .configureOutput({
    outputError: (text, write) => write(text.replace(/(unknown option '[^'=]*)=[^']*/, "$1")),
  })
  .showHelpAfterError("Add --help to see what is possible.")
  .addHelpText("after", examples("ingest story.json", "show my-story", "feeds", "ingest --help"))
  .exitOverride();

/** In the order of the help. */
const COMMANDS: Record<string, () => Promise<(program: Command) => void>> = {
  ingest: async () => (await import("./commands/ingest.ts")).addIngest,
  import: async () => (await import("./commands/import.ts")).addImport,
  follow: async () => (await import("./commands/follow.ts")).addFollow,
  show: async () => (await import("./commands/show.ts")).addShow,
  withdraw: async () => (await import("./commands/withdraw.ts")).addWithdraw,
  feeds: async () => (await import("./commands/feeds.ts")).addFeeds,
  sync: async () => (await import("./commands/sync.ts")).addSync,
  validate: async () => (await import("./commands/validate.ts")).addValidate,
  rebuild: async () => (await import("./commands/rebuild.ts")).addRebuild,
  purge: async () => (await import("./commands/purge.ts")).addPurge,
  restore: async () => (await import("./commands/restore.ts")).addRestore,
  copy: async () => (await import("./commands/copy.ts")).addCopy,
  token: async () => (await import("./commands/token.ts")).addToken,
  source: async () => (await import("./commands/source.ts")).addSource,
  status: async () => (await import("./commands/status.ts")).addStatus,
  replay: async () => (await import("./commands/replay.ts")).addReplay,
  smoke: async () => (await import("./commands/smoke.ts")).addSmoke,
  doctor: async () => (await import("./commands/doctor.ts")).addDoctor,
  fake: async () => (await import("./commands/fake.ts")).addFake,
};

/** Adds the command that the line names, and not the others: loading those would be most of its time. */
async function addCommands(args: string[]): Promise<void> {
  const [name = ""] = program.parseOptions(args).operands;
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  for (const load of named ? [named] : Object.values(COMMANDS)) (await load())(program);
}

// A reader that has seen enough, such as head, closes the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(process.exitCode ?? EXIT.ok);
  throw error;
});

try {
  const [first, ...rest] = process.argv.slice(2);
  if (first === "--version" && rest.length === 0) process.argv[2] = "-V";
  await addCommands(process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else {
    reportError(error, program.opts<{ json?: boolean }>().json === true);
    process.exitCode = exitCodeOf(error);
  }
}
