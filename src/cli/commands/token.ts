import type { Command } from "commander";
import { FlashwireError } from "../../core/errors.ts";
import { createToken, isLive, listTokens, revokeToken, type Token } from "../../repository/tokens.ts";
import type { Services } from "../../services.ts";
import { examples, optionsOf } from "../command.ts";
import { note, plain, print, printJson, table } from "../output/print.ts";
import { onFolder } from "../wire/folder.ts";
import { onStack, stackOf, withFolderOrStack } from "../wire/stack.ts";

export function addToken(program: Command): void {
  const token = program
    .command("token")
    .summary("make, list and revoke the tokens of a wire")
    .description(
      "Makes, lists and revokes the bearer tokens with which systems write to a wire. Only their SHA-256 is kept. Works " +
        "on the data folder (FLASHWIRE_DATA), beside a running wire or without one, or on a deployed wire with AWS " +
        "credentials.",
    )
    .addHelpText(
      "after",
      examples(
        "token create cms --expires 2027-01-01",
        "token list --stack flashwire-prod",
        "token revoke cms",
      ),
    );
  withFolderOrStack(token.command("create").argument("<name>", "who will hold it"))
    .description("Makes a token and prints it, this once.")
    .option("--expires <date>", "when it stops working, such as 2027-01-01")
    .action(create);
  withFolderOrStack(token.command("list"))
    .description("Lists the tokens, without their secrets.")
    .action(list);
  withFolderOrStack(token.command("revoke").argument("<name>", "whose token"))
    .description("Makes a token stop working, within a minute.")
    .action(revoke);
}

/** Runs on the deployed wire that the options name, else on the data folder. */
function onWire<T>(command: Command, run: (services: Services) => Promise<T>): Promise<T> {
  const on = stackOf(command) === undefined ? onFolder : onStack;
  return on(command, ({ services }: { services: Services }) => run(services));
}

async function create(name: string, _options: object, command: Command): Promise<void> {
  const { json = false, expires } = optionsOf<{ expires?: string }>(command);
  const until = expires === undefined ? undefined : dateOf(expires);
  const { secret, url } = await onWire(command, async (services) => ({
    secret: await createToken(services, name, until),
    url: services.site.origin,
  }));
  if (json) return printJson({ name, token: secret, url });
  print(secret);
  note(`The token of ${name} for ${url}; it is not shown again.`);
}

async function list(_options: object, command: Command): Promise<void> {
  const tokens = await onWire(command, listTokens);
  if (optionsOf(command).json) return printJson(tokens.map(({ sha256: _, ...token }) => token));
  if (tokens.length === 0) return note("There are no tokens; make one with `flashwire token create NAME`.");
  const rows = tokens.map((token) => [plain(token.name), day(token.created), stateOf(token)]);
  for (const line of table(["name", "made", "state"], rows)) print(line);
}

async function revoke(name: string, _options: object, command: Command): Promise<void> {
  await onWire(command, (services) => revokeToken(services, name));
  if (optionsOf(command).json) printJson({ name, revoked: true });
  else print(`The token of ${name} stops working within a minute.`);
}

function stateOf(token: Token): string {
  if (token.revoked !== undefined) return `revoked ${day(token.revoked)}`;
  if (!isLive(token, Date.now())) return `expired ${day(token.expires ?? "")}`;
  return token.expires === undefined ? "works" : `works until ${day(token.expires)}`;
}

const day = (date: string) => date.slice(0, 10);

function dateOf(text: string): Date {
  const date = new Date(text);
  if (!Number.isNaN(date.getTime())) return date;
  throw new FlashwireError("invalid", `--expires ${text} is no date; write it as 2027-01-01.`);
}
