import type { Command } from "commander";
import type { QueueName } from "../../aws/operator.ts";
import { FlashwireError } from "../../core/errors.ts";
import { examples, optionsOf } from "../command.ts";
import { print, printJson } from "../output/print.ts";
import { onStack, QUEUES, withStack } from "../wire/stack.ts";

export function addReplay(program: Command): void {
  withStack(program.command("replay").argument("[queue]", "publish (default), inbox or hubs"))
    .summary("put the dead letters of a deployed wire back to work")
    .description(
      "Takes the dead letters of a queue back into it, after what stopped them was mended. Doing it twice does no " +
        "harm. Needs AWS credentials.",
    )
    .addHelpText("after", examples("replay", "replay inbox --stack flashwire-prod"))
    .action(run);
}

async function run(queue: string | undefined, _options: object, command: Command): Promise<void> {
  const name = queueOf(queue ?? "publish");
  const moved = await onStack(command, (stack) => stack.replay(name));
  if (optionsOf(command).json) printJson({ queue: name, moved });
  else print(`${moved} ${moved === 1 ? "message" : "messages"} back in the queue ${name}.`);
}

function queueOf(text: string): QueueName {
  const found = QUEUES.find((name) => name === text);
  if (found !== undefined) return found;
  throw new FlashwireError("invalid", `There is no queue ${text}; there are ${QUEUES.join(", ")}.`);
}
