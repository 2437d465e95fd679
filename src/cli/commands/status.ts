import type { Command } from "commander";
import type { QueueName, Stack, Sweeps } from "../../aws/operator.ts";
import { examples, optionsOf } from "../command.ts";
import { SWEEP_OVERDUE_MS } from "../limits.ts";
import { EXIT, note, print, printJson, table } from "../output/print.ts";
import { onStack, QUEUES, withStack } from "../wire/stack.ts";

type Status = {
  url: string;
  queues: Record<QueueName, { waiting: number; inWork: number; dead: number }>;
  /** The last sweep, the last one that found documents behind, and what a changed site file has under way. */
  sweeps: Sweeps;
  /** Feeds that wait to be filled again. */
  underfilled: string[];
  problems: string[];
};

export function addStatus(program: Command): void {
  withStack(program.command("status"))
    .summary("how a deployed wire is doing")
    .description(
      "Shows the queues of a deployed wire, their dead letters, how many documents the last sweep found behind their " +
        "records, and feeds that wait to be filled again. Exits with 1 when something needs attention. Needs AWS " +
        "credentials.",
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
  for (const line of sweepLines(status.sweeps)) print(line);
  print(`feeds that wait to be filled again: ${names(status.underfilled)}`);
  for (const problem of status.problems) note(problem);
}

/** A sweep mends what it finds behind, so its number says how it was, and seldom how it is. */
function sweepLines({ last, found, change }: Sweeps): string[] {
  if (last === undefined) return [];
  if (change !== undefined) return [changeLine(change)];
  const { at, records, windows, documents, repaired } = last;
  const what = documents === 0 ? "none" : `${documents} (${names(repaired)}), mended`;
  const lines = [`documents behind: ${what}; last sweep ${at}, of ${records} records and ${windows} feeds`];
  if (found !== undefined && found.at !== at)
    lines.push(`last found behind: ${found.documents} (${names(found.repaired)}), ${found.at}`);
  return lines;
}

function changeLine({ begins, reached }: NonNullable<Sweeps["change"]>): string {
  if (Date.parse(begins) > Date.now())
    return `the site file has changed: a rebuild of every feed begins at ${begins}`;
  const done = reached === undefined ? "" : `; done up to ${reached}`;
  return `the site file has changed: a rebuild of every feed is under way since ${begins}${done}`;
}

const names = (list: string[]) => (list.length === 0 ? "none" : list.join(", "));

async function statusOf(stack: Stack): Promise<Status> {
  const found = await stack.depths();
  const of = (name: QueueName) => ({ ...found[name].queue, dead: found[name].dead.waiting });
  const status = {
    url: stack.url,
    queues: { publish: of("publish"), drop: of("drop") },
    sweeps: await stack.sweeps(),
    underfilled: await stack.underfilled(),
  };
  return { ...status, problems: problemsOf(status) };
}

function problemsOf({ queues, sweeps: { last } }: Omit<Status, "problems">): string[] {
  const problems: string[] = [];
  for (const name of QUEUES) {
    if (queues[name].dead > 0)
      problems.push(`Dead letters: mend what stopped them, then \`flashwire replay ${name}\`.`);
  }
  if (last === undefined) return [...problems, "There was no sweep yet."];
  if (Date.now() - Date.parse(last.at) > SWEEP_OVERDUE_MS)
    problems.push("The sweep is overdue; look into the log of the function sweep.");
  if (last.failed.length > 0)
    problems.push(`The sweep could not mend ${names(last.failed)}; the log of the function sweep says why.`);
  return problems;
}
