import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { FlashwireError } from "../../core/errors.ts";
import type { Done, Fake, FakeOptions } from "../../fake/start.ts";
import { examples, optionsOf } from "../command.ts";
import { note, plain, print, printJson } from "../output/print.ts";

/** The options on the command line. */
export type Flags = Record<"port" | "seed" | "speed" | "faults" | "begin", string> &
  Partial<Record<"slow" | "stories" | "every" | "script" | "steps", string>> & { pause?: boolean };

export function addFake(program: Command): void {
  program
    .command("fake")
    .summary("serve an invented wire, for tests of programs that read one")
    .description(
      "Serves a whole wire with an invented newsroom on this machine, and nothing is kept: stories, corrections, kills, the " +
        "change log and the feeds. The same seed and port give the same newsroom. With --faults it answers wrongly on " +
        "purpose. A test steers it and asks what is right below /_fake/: see docs/consumers.md.",
    )
    .option("--port <port>", "where it listens; 0 takes any free port", "8799")
    .option("--seed <number>", "which newsroom it is", "1")
    .option("--stories <count>", "stories that it begins with (default: 20; with --script none)")
    .option(
      "--steps <count>",
      "after so many steps the newsroom is at rest (default: 1000, or all of the script)",
    )
    .option("--script <file>", "steps in the place of those that follow from the seed: JSON or NDJSON")
    .option("--speed <factor>", "how many times as fast as its steps say", "1")
    .option("--every <ms>", "milliseconds from step to step, in the place of what the steps say")
    .option("--pause", "take a step only on POST /_fake/step")
    .option(
      "--faults <mix>",
      "none, some, many, or names with shares: busy,error,slow,late,torn=0.5,cut,missing",
      "none",
    )
    .option("--slow <ms>", "how long a slow answer takes (default: 2000)")
    .option("--begin <date>", "when the newsroom begins, RFC 3339, or now", "2026-01-01T12:00:00Z")
    .addHelpText(
      "after",
      examples("fake --pause", "fake --seed 7 --faults some --speed 10", "fake --script kill.ndjson"),
    )
    .action(run);
}

async function run(_options: object, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf<Flags>(command);
  // No other command loads a server.
  const fakes = await import("../../fake/start.ts");
  const options = await readOptions(flags, fakes);
  const tell = (done: Done) => tellStep(done, json, fakes.actionOf(done.step));
  const outside = { now: Date.now, sleep: (ms: number) => sleep(ms), log: tellFailure, onStep: tell };
  const fake = await fakes.startFake(options, outside).catch((error) => {
    throw cannotListen(error, options.port);
  });
  if (json) printJson({ url: fake.url, seed: options.seed });
  else welcome(fake, options);
  await untilStopped();
  await fake.close();
}

/** The options that the flags mean. Throws `invalid` for a wrong value. */
export async function readOptions(
  flags: Flags,
  fakes: typeof import("../../fake/start.ts"),
): Promise<FakeOptions> {
  const { wholeNumber, MAX_STEPS, MAX_STORIES, MAX_WAIT_MS, MAX_SLOW_MS, SLOW_MS, DEFAULT_STEPS } = fakes;
  const { script: file, stories = file === undefined ? "20" : "0", steps, every } = flags;
  const script =
    file === undefined ? undefined : fakes.readScript(await readText(file, fakes.MAX_SCRIPT_BYTES));
  return {
    port: wholeNumber(flags.port, "--port", 0, 65_535),
    seed: wholeNumber(flags.seed, "--seed", 0, 2 ** 32 - 1),
    stories: wholeNumber(stories, "--stories", 0, MAX_STORIES),
    steps: wholeNumber(steps ?? String(script?.length ?? DEFAULT_STEPS), "--steps", 0, MAX_STEPS),
    script,
    speed: factor(flags.speed),
    every: every === undefined ? undefined : wholeNumber(every, "--every", 0, MAX_WAIT_MS),
    isPaused: flags.pause === true,
    faults: flags.faults,
    slowMs: wholeNumber(flags.slow ?? String(SLOW_MS), "--slow", 0, MAX_SLOW_MS),
    begins: instant(flags.begin),
  };
}

async function readText(file: string, max: number): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= max) return await readFile(file, "utf8");
  } catch (cause) {
    throw new FlashwireError("invalid", `${file} cannot be read: ${(cause as Error).message}.`, [], {
      cause,
    });
  }
  throw new FlashwireError("invalid", `${file} has more than ${max} bytes.`);
}

function factor(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && number > 0 && number <= 1_000_000) return number;
  throw new FlashwireError("invalid", "--speed must be a number above 0, up to 1000000.");
}

function instant(text: string): number {
  const time = text === "now" ? Date.now() : Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new FlashwireError("invalid", "--begin must be a date such as 2026-01-01T12:00:00Z, or now.");
}

function cannotListen(error: unknown, port: number): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "EADDRINUSE" && code !== "EACCES") return error;
  const advice = "Take another one with --port, or any that is free with --port 0.";
  return new FlashwireError("invalid", `Nobody may listen on port ${port} (${code}). ${advice}`, [], {
    cause: error,
  });
}

function welcome({ url }: Fake, { seed, stories, faults, script }: FakeOptions): void {
  const kind = script === undefined ? `seed ${seed}` : `a script of ${script.length} steps`;
  print(`A fake wire at ${url}: ${kind}, ${stories} stories to begin with, faults: ${faults}.`);
  print(`  ${url}/changes/open.json   the change log`);
  print(`  ${url}/_fake/expected      what a right copy is now`);
  print(`  ${url}/_fake/state         what the newsroom has done, and what it was asked`);
}

/** What the newsroom does goes to stderr, one line for each step. */
function tellStep({ number, at, step, problem }: Done, json: boolean, action: string): void {
  if (json) note(JSON.stringify({ step: number, at, action, ...(problem !== undefined && { problem }) }));
  else note(problem === undefined ? `${number}  ${at} s  ${textOf(step, action)}` : plain(problem));
}

/** Logs failures alone: the state tells the rest. */
function tellFailure(event: string, details: Record<string, unknown> = {}): void {
  if (event.endsWith(".failed")) note(plain(JSON.stringify({ event, ...details })));
}

function textOf(step: Done["step"], action: string): string {
  const value = step[action as keyof typeof step];
  const named = action === "put" ? [step.put].flat().map((record) => record?.id) : [value];
  return plain(`${action} ${named.length > 3 ? `${named.length} stories` : named.join(", ")}`);
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
