import type { Command } from "commander";
import type { QueueName, Stack } from "../../aws/operator.ts";
import { readStack } from "../../config/environment.ts";
import { optionsOf, siteFileOf } from "../command.ts";

type StackOptions = { stack?: string };

export const QUEUES: QueueName[] = ["publish", "inbox", "hubs"];

/** What `npm run deploy` makes without further options. */
const DEFAULT_STACK = "flashwire-dev";

/** The option of every command that works on a deployed wire only, with AWS credentials. */
export function withStack(command: Command): Command {
  return command.option(
    "--stack <name>",
    `the deployed wire, flashwire-{stage} (default: FLASHWIRE_STACK, else ${DEFAULT_STACK})`,
  );
}

/** The option of every command that works on the data folder, or with AWS credentials on a deployed wire. */
export function withFolderOrStack(command: Command): Command {
  return command.option(
    "--stack <name>",
    "the deployed wire to work on, flashwire-{stage} (default: FLASHWIRE_STACK, else the data folder)",
  );
}

/** The deployed wire that `--stack` or FLASHWIRE_STACK names; undefined where the command works on the data folder. */
export function stackOf(command: Command): string | undefined {
  return optionsOf<StackOptions>(command).stack ?? readStack();
}

/** Runs on the deployed wire that the options name. */
export async function onStack<T>(command: Command, run: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await openLazily(stackOf(command) ?? DEFAULT_STACK, siteFileOf(command));
  try {
    return await run(stack);
  } finally {
    await stack.close();
  }
}

/** The SDK is loaded where it is needed: other commands start without it. */
export async function openLazily(name: string, siteFile: string | undefined): Promise<Stack> {
  const { openStack } = await import("../../aws/operator.ts");
  return openStack(name, siteFile);
}
