import type { Command } from "commander";
import type { LastSweep, QueueName, Stack } from "../aws/operator.ts";
import { SWEEP_OVERDUE_MS } from "../core/limits.ts";
import { examples, optionsOf } from "./command.ts";
import { EXIT, note, print, printJson, table } from "./output.ts";
import { onStack, QUEUES, withStack } from "./stack.ts";

type Status = {
  url: string;
  queues: Record<QueueName, { waiting: number; inWork: number; dead: number }>;
  /** Feeds that wait to be filled again. */
  behind: string[];
  sweep?: LastSweep;
  problems: string[];
};

export function addStatus(program: Command): void {
  withStack(program.command("status"))
    .summary("how a deployed wire is doing")
    .description(
      "Shows the queues of a deployed wire, their dead letters, feeds that are behind, and what the last sweep found. " +
        "Exits with 1 when something needs attention. Needs AWS credentials.",
    )
    .addHelpText("after", examples("status", "status --stack flashwire-prod --json"))
    .action(run);
}

async function run(_options: object, command: Command): Promise<void> {
  const status = await onStack(command, statusOf);
  if (status.problems.length > 0) process.exitCode = EXIT.refused;
  if (optionsOf(command).json) return printJson(status);
  print(status.url);
  const rows = QUEUES.map((name) => {
    const { waiting, inWork, dead } = status.queues[name];
    return [name, String(waiting), String(inWork), String(dead)];
  });
  for (const line of table(["queue", "waiting", "in work", "dead letters"], rows)) print(line);
  print(`feeds behind: ${status.behind.length === 0 ? "none" : status.behind.join(", ")}`);
  const { sweep } = status;
  if (sweep)
    print(`last sweep: ${sweep.at}, ${sweep.repaired.length} repaired, ${sweep.filled.length} filled`);
  for (const problem of status.problems) note(problem);
}

async function statusOf(stack: Stack): Promise<Status> {
  const found = await stack.depths();
  const sweep = await stack.lastSweep();
  const of = (name: QueueName) => ({ ...found[name].queue, dead: found[name].dead.waiting });
  const status = {
    url: stack.url,
    queues: { publish: of("publish"), drop: of("drop") },
    behind: await stack.behind(),
    ...(sweep === undefined ? {} : { sweep }),
  };
  return { ...status, problems: problemsOf(status) };
}

function problemsOf({ queues, sweep }: Omit<Status, "problems">): string[] {
  const problems: string[] = [];
  for (const name of QUEUES) {
    if (queues[name].dead > 0)
      problems.push(`Dead letters: mend what stopped them, then \`flashwire replay ${name}\`.`);
  }
  if (sweep === undefined) problems.push("There was no sweep yet.");
  else if (Date.now() - Date.parse(sweep.at) > SWEEP_OVERDUE_MS)
    problems.push("The sweep is overdue; look into the log of the function sweep.");
  return problems;
}
