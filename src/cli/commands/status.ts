import { existsSync } from "node:fs";
import type { Command } from "commander";
import type { QueueName, Stack } from "../../aws/operator.ts";
import { FlashwireError } from "../../core/errors.ts";
import { type SourceStatus, sourcesStatus } from "../../follow/status.ts";
import { readServerFile, readWireFile, whoAnswers } from "../../local/data-folder.ts";
import type { Opened } from "../../local/open.ts";
import { type UpkeepStatus, upkeepStatus } from "../../upkeep/status.ts";
import { examples, optionsOf } from "../command.ts";
import { AUDIT_OVERDUE_MS, MAX_STORIES, READERS_OVERDUE_MS, STORY_OVERDUE_MS } from "../limits.ts";
import { logLines } from "../output/log.ts";
import { EXIT, note, plain, print, printJson, table } from "../output/print.ts";
import { sourceLines, sourceProblems } from "../output/sources.ts";
import { folderConfig, onFolder, refuseTarget } from "../wire/folder.ts";
import { onStack, QUEUES, stackOf, withFolderOrStack } from "../wire/stack.ts";

type Waiting = { waiting: number; inWork?: number; dead?: number };

type Status = {
  url: string;
  /** A data folder knows nothing of messages in work, and has no dead letters. `hubs`: where the site file names some. */
  queues: Partial<Record<QueueName, Waiting>>;
  /** What upkeep did last, and what it has to do. */
  upkeep: UpkeepStatus;
  /** The sources of the site file. */
  sources: SourceStatus[];
  problems: string[];
};

export function addStatus(program: Command): void {
  withFolderOrStack(program.command("status"))
    .summary("how a wire is doing")
    .description(
      "Shows what waits to be published and in the inbox, dead letters, how many documents upkeep found behind their " +
        "records, and feeds that wait to be filled again. Exits with 1 when something needs attention. Works on the " +
        "data folder (FLASHWIRE_DATA), or on a deployed wire with AWS credentials.",
    )
    .addHelpText("after", examples("status", "status --stack flashwire-prod --json"))
    .action(run);
}

async function run(_options: object, command: Command): Promise<void> {
  const isDeployed = stackOf(command) !== undefined;
  const status = await (isDeployed ? onStack(command, stackStatus) : statusOfFolder(command));
  if (status.problems.length > 0) process.exitCode = EXIT.refused;
  if (optionsOf(command).json) return printJson(status);
  print(status.url);
  const rows = Object.entries(status.queues).map(([name, { waiting, inWork, dead }]) => {
    return [name, String(waiting), String(inWork ?? "-"), String(dead ?? "-")];
  });
  for (const line of table(["queue", "waiting", "in work", "dead letters"], rows)) print(line);
  for (const line of upkeepLines(status.upkeep)) print(line);
  for (const line of sourceLines(status.sources)) print(line);
  for (const problem of status.problems) note(problem);
}

/** Upkeep mends what it finds behind, so its number says how it was, and seldom how it is. */
function upkeepLines(upkeep: UpkeepStatus): string[] {
  const { last, found, rollout, nextRound, kills, repairs, overflows } = upkeep;
  const lines = rollout === undefined ? [] : [rolloutLine(rollout)];
  if (last !== undefined) {
    const { at, records, feeds, documents, repaired } = last;
    const what = documents === 0 ? "none" : `${documents} (${names(repaired)}), mended`;
    lines.push(`documents behind: ${what}; looked at ${records} records and ${feeds} feeds, ${at}`);
  }
  if (found !== undefined && found.at !== last?.at)
    lines.push(`last found behind: ${found.documents} (${names(found.repaired)}), ${found.at}`);
  lines.push(`next round of the audit: ${nextRound ?? "under way"}`);
  lines.push(`kills that are not in every document yet: ${names(kills)}`);
  lines.push(`feeds that wait to be filled again: ${names(repairs)}`);
  lines.push(...logLines(upkeep.log));
  return [...lines, ...readersLines(upkeep), ...waitingLines(upkeep), ...overflows.map(overflowLine)];
}

function readersLines({ readers }: UpkeepStatus): string[] {
  if (readers === undefined) return [];
  const { faults, since, at } = readers;
  return [
    `readers get ${faults.length === 0 ? "what they should" : "NOT what they should"} since ${since}; noted ${at}`,
  ];
}

/** Nobody sees the first ones yet; the others are public, and lose a flag or their place. */
function waitingLines({ waiting, hidden }: UpkeepStatus): string[] {
  const list = (stories: UpkeepStatus["waiting"]) => {
    const next = stories.slice(0, MAX_STORIES).map(({ id, at }) => `${plain(id)} (${at})`);
    return `${names(next)}${stories.length > MAX_STORIES ? ", and more" : ""}`;
  };
  const isHidden = ({ id }: { id: string }) => hidden.includes(id);
  return [
    `stories that wait to become public: ${list(waiting.filter(isHidden))}`,
    `other stories that time will change: ${list(waiting.filter((story) => !isHidden(story)))}`,
  ];
}

/** Documents have a bound, and the oldest is left out first. */
function overflowLine({ feed, late, stubs, isMore }: UpkeepStatus["overflows"][number]): string {
  const left = [
    ...(late > 0 ? [`${late} corrected stories behind its newest`] : []),
    ...(stubs > 0 ? [`stubs of ${stubs} withdrawn stories`] : []),
  ];
  return `the feed ${feed} has no room for ${isMore ? "at least " : ""}${left.join(" and ")}`;
}

function rolloutLine({ scope, begins, reached }: NonNullable<UpkeepStatus["rollout"]>): string {
  const what = scope === "windows" ? "a rebuild of every feed" : "rendering every document again";
  if (Date.parse(begins) > Date.now())
    return `the site file or the code has changed: ${what} begins at ${begins}`;
  const done = reached === undefined ? "" : `; done up to ${reached}`;
  return `the site file or the code has changed: ${what} is under way since ${begins}${done}`;
}

const names = (list: string[]) => (list.length === 0 ? "none" : list.join(", "));

async function stackStatus(stack: Stack): Promise<Status> {
  const found = await stack.depths();
  const queues = Object.fromEntries(
    Object.entries(found).map(([name, { queue, dead }]) => [name, { ...queue, dead: dead.waiting }]),
  );
  const sources = await sourcesStatus(stack.services);
  const status = { url: stack.url, queues, upkeep: await stack.upkeep(), sources };
  return { ...status, problems: problemsOf(status, "the log of the function sweep") };
}

/** Looks at the folder, and makes none. */
async function statusOfFolder(command: Command): Promise<Status> {
  const { data, siteFile } = folderConfig(command);
  refuseTarget(command);
  const { loadSiteFile } = await import("../../config/site-file.ts");
  await loadSiteFile(siteFile);
  if (!existsSync(data)) {
    const detail = `${data} is not there, so no wire has run on it. Start one with \`npm start\``;
    throw new FlashwireError("not-found", `${detail}, or name another folder in FLASHWIRE_DATA.`);
  }
  const status = await onFolder(command, folderStatus);
  const served = readServerFile(data);
  const { who, fault } =
    served === undefined ? { who: "nobody" } : await whoAnswers(served.url, readWireFile(data)?.id);
  const stopped = who === "we" ? [] : [`No wire runs on ${data}; start it with \`npm start\`.`];
  const ill = who === "we" && fault !== undefined ? [`The wire takes no records: ${plain(fault)}`] : [];
  const problems = [...stopped, ...ill];
  return { ...status, problems: [...problems, ...status.problems] };
}

async function folderStatus({ services, waiting }: Opened): Promise<Status> {
  const { publish, inbox, hubs } = await waiting();
  const others = services.site.hubs.length === 0 ? {} : { hubs: { waiting: hubs } };
  const queues = { publish: { waiting: publish }, inbox: { waiting: inbox }, ...others };
  const [upkeep, sources] = await Promise.all([upkeepStatus(services), sourcesStatus(services)]);
  const status = { url: services.site.origin, queues, upkeep, sources };
  return { ...status, problems: problemsOf(status, "the log of the wire") };
}

function problemsOf(
  {
    queues,
    sources,
    upkeep: { last, nextRound, kills, waiting, readers, unreadable },
  }: Omit<Status, "problems">,
  log: string,
): string[] {
  const problems = [...unreadable, ...sources.flatMap(sourceProblems)];
  for (const name of QUEUES) {
    if ((queues[name]?.dead ?? 0) > 0)
      problems.push(`Dead letters: mend what stopped them, then \`flashwire replay ${name}\`.`);
  }
  if (readers !== undefined) problems.push(...readersProblems(readers, log));
  if (kills.length > 0) problems.push(`Documents may still show ${names(kills)}; each tick tries again.`);
  const overdue = waiting.filter(({ at }) => Date.now() - Date.parse(at) > STORY_OVERDUE_MS);
  if (overdue.length > 0) {
    const ids = names(overdue.slice(0, MAX_STORIES).map(({ id }) => plain(id)));
    problems.push(`Time should have changed ${ids}; ${log} says why it has not.`);
  }
  if (last === undefined) return [...problems, "Upkeep has not run yet."];
  if (nextRound !== undefined && Date.now() - Date.parse(nextRound) > AUDIT_OVERDUE_MS)
    problems.push(`The audit is overdue; look into ${log}.`);
  if (last.failed.length > 0) problems.push(`Upkeep could not mend ${names(last.failed)}; ${log} says why.`);
  return problems;
}

function readersProblems({ faults, at }: NonNullable<UpkeepStatus["readers"]>, log: string): string[] {
  const isOld = Date.now() - Date.parse(at) > READERS_OVERDUE_MS;
  const old = `Upkeep has not looked at what readers get since ${at}; look into ${log}.`;
  return [...faults.map((fault) => `Readers: ${fault}`), ...(isOld ? [old] : [])];
}
