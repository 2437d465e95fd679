import type { Command } from "commander";
import type { QueueName, Stack } from "../../aws/operator.ts";
import { readStack } from "../../config/environment.ts";
import { optionsOf, siteFileOf } from "../command.ts";

export type StackOptions = { stack?: string };

export const QUEUES: QueueName[] = ["publish", "inbox"];

/** What `npm run deploy` makes without further options. */
const DEFAULT_STACK = "flashwire-dev";

/** The option of every command that works on a deployed wire with AWS credentials. */
export function withStack(command: Command): Command {
  return command.option(
    "--stack <name>",
    `the deployed wire, flashwire-{stage} (default: FLASHWIRE_STACK, else ${DEFAULT_STACK})`,
  );
}

/** Runs on the deployed wire that the options name. */
export async function onStack<T>(command: Command, run: (stack: Stack) => Promise<T>): Promise<T> {
  const { stack: name = readStack() ?? DEFAULT_STACK } = optionsOf<StackOptions>(command);
  const stack = await openLazily(name, siteFileOf(command));
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
