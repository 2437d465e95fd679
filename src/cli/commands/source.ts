import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { FlashwireError } from "../../core/errors.ts";
import { confirmHeld, forgetGap } from "../../follow/confirm.ts";
import { sourcesStatus } from "../../follow/status.ts";
import { forgetSourceAuth, putSourceAuth } from "../../repository/sources.ts";
import { examples, optionsOf } from "../command.ts";
import { note, print, printJson } from "../output/print.ts";
import { sourceLines, sourceProblems } from "../output/sources.ts";
import { namedSource, onWire } from "../wire/sources.ts";
import { withFolderOrStack } from "../wire/stack.ts";

export function addSource(program: Command): void {
  const source = program
    .command("source")
    .summary("look after the websites that a wire follows")
    .description(
      "Looks after the sources of the site file: the websites and feeds that a wire takes articles from by itself. Works " +
        "on the data folder (FLASHWIRE_DATA), or on a deployed wire with AWS credentials.",
    )
    .addHelpText(
      "after",
      examples("source list", "source auth cms", "source confirm cms --stack flashwire-prod"),
    );
  withFolderOrStack(source.command("list")).description("Shows how each source is doing.").action(list);
  withFolderOrStack(source.command("auth").argument("<name>", "the source"))
    .description(
      "Keeps a user name and an application password for a source, in the private bucket. Reads two lines: the user name and " +
        "the password. An empty user name forgets both.",
    )
    .action(auth);
  withFolderOrStack(source.command("confirm").argument("<name>", "the source"))
    .description("Withdraws the articles that a source called gone at once, and that wait for you.")
    .action(confirm);
  withFolderOrStack(source.command("seen").argument("<name>", "the source"))
    .description("Ends the warning of a gap.")
    .action(seen);
}

async function list(_options: object, command: Command): Promise<void> {
  const sources = await onWire(command, sourcesStatus);
  if (optionsOf(command).json) return printJson(sources);
  if (sources.length === 0) return note("The site file names no sources.");
  for (const line of sourceLines(sources)) print(line);
  for (const problem of sources.flatMap(sourceProblems)) note(problem);
}

async function auth(name: string, _options: object, command: Command): Promise<void> {
  await onWire(command, async (services) => {
    const { url, private: isPrivate } = namedSource(services.site, name);
    const [user = "", password = ""] = await twoLines();
    if (user === "") {
      await forgetSourceAuth(services, name);
      return note(`The wire signs in at ${name} no longer.`);
    }
    if (/\p{Cc}/u.test(user + password)) throw new FlashwireError("invalid", NO_CONTROLS);
    if (user.includes(":")) throw new FlashwireError("invalid", "A user name holds no colon (RFC 7617 §2).");
    if (url.startsWith("http:") && !isPrivate) throw new FlashwireError("invalid", NOT_IN_CLEAR);
    await putSourceAuth(services, name, { user, password });
    note(`The wire signs in at ${name} as ${user} from its next look.`);
  });
}

const NO_CONTROLS = "A user name and a password hold no control characters (RFC 7617 §2).";
const NOT_IN_CLEAR =
  "The wire sends no password over http:// through the internet. Give the source an address with https://.";

/** Also `follow NAME --confirm`. */
export async function confirm(name: string, _options: object, command: Command): Promise<void> {
  const count = await onWire(command, (services) => {
    namedSource(services.site, name);
    return confirmHeld(services, name);
  });
  print(`${count} articles of ${name} are withdrawn at the next look.`);
}

async function seen(name: string, _options: object, command: Command): Promise<void> {
  await onWire(command, (services) => {
    namedSource(services.site, name);
    return forgetGap(services, name);
  });
}

/** On a terminal what is typed for the password is not shown. */
async function twoLines(): Promise<string[]> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    const lines: string[] = [];
    for await (const line of createInterface({ input: stdin })) {
      lines.push(line.trim());
      if (lines.length === 2) break;
    }
    return lines;
  }
  const user = createInterface({ input: stdin, output: stderr });
  const name = (await user.question("User name: ")).trim();
  user.close();
  if (name === "") return [];
  stderr.write("Application password (it is not shown): ");
  const hidden = createInterface({ input: stdin, terminal: true });
  const password = (await hidden.question("")).trim();
  hidden.close();
  stderr.write("\n");
  return [name, password];
}
