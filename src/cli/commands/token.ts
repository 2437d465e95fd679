import type { Command } from "commander";
import { FlashwireError } from "../../core/errors.ts";
import { SCOPES } from "../../core/token.ts";
import { isLive, scopesOf, type Token } from "../../repository/token.ts";
import { createToken, listTokens, revokeToken } from "../../repository/tokens.ts";
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
      "Makes, lists and revokes the bearer tokens with which systems write to a wire or read records. Only their SHA-256 is kept. Works " +
        "on the data folder (FLASHWIRE_DATA), beside a running wire or without one, or on a deployed wire with AWS " +
        "credentials.",
    )
    .addHelpText(
      "after",
      examples(
        "token create cms --expires 2027-01-01",
        "token create partner --read",
        "token create paper --scopes read,write",
        "token list --stack flashwire-prod",
        "token revoke cms",
      ),
    );
  withFolderOrStack(token.command("create").argument("<name>", "who will hold it"))
    .description("Makes a token and prints it, this once. It may do all unless an option says less.")
    .option("--read", "it reads records and does nothing else: --scopes read")
    .option("--scopes <list>", `what it may do: some of ${SCOPES.join(",")}`)
    .option("--expires <date>", "when it stops working, such as 2027-01-01")
    .action(create);
  withFolderOrStack(token.command("list"))
    .description("Lists the tokens, without their secrets.")
    .action(list);
  withFolderOrStack(token.command("revoke").argument("<name>", "the holder of the token"))
    .description("Makes a token stop working, within a minute.")
    .action(revoke);
}

/** Runs on the deployed wire that the options name, else on the data folder. */
function onWire<T>(command: Command, run: (services: Services) => Promise<T>): Promise<T> {
  const on = stackOf(command) === undefined ? onFolder : onStack;
  return on(command, ({ services }: { services: Services }) => run(services));
}

type Asked = { expires?: string; read?: boolean; scopes?: string };

/** The scopes that the options name, all where they name none. Throws `invalid` for both options at once. */
function askedScopes({ read = false, scopes }: Asked): string[] {
  if (read && scopes !== undefined)
    throw new FlashwireError("invalid", "--read is short for --scopes read: use one of them.");
  if (read) return ["read"];
  return scopes === undefined ? [...SCOPES] : scopes.split(",").map((scope) => scope.trim());
}

/** What a token may do, for people. */
const listed = (token: { scopes?: string[] }) => scopesOf(token).join(",");

async function create(name: string, _options: object, command: Command): Promise<void> {
  const { json = false, expires, ...asked } = optionsOf<Asked>(command);
  const scopes = askedScopes(asked);
  const terms = { scopes, ...(expires === undefined ? {} : { expires: dateOf(expires) }) };
  const { secret, url } = await onWire(command, async (services) => ({
    secret: await createToken(services, name, terms),
    url: services.site.origin,
  }));
  if (json) return printJson({ name, token: secret, url, scopes: scopesOf({ scopes }) });
  print(secret);
  note(`The token of ${name} for ${url}, with ${listed({ scopes })}; it is not shown again.`);
}

async function list(_options: object, command: Command): Promise<void> {
  const tokens = await onWire(command, listTokens);
  if (optionsOf(command).json)
    return printJson(tokens.map(({ sha256: _, ...token }) => ({ ...token, scopes: scopesOf(token) })));
  if (tokens.length === 0) return note("There are no tokens; make one with `flashwire token create NAME`.");
  const rows = tokens.map((token) => [plain(token.name), day(token.created), stateOf(token), listed(token)]);
  for (const line of table(["name", "made", "state", "scopes"], rows)) print(line);
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
