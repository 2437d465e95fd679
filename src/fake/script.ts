import * as v from "valibot";
import { FlashwireError } from "../core/errors.ts";
import { PAGE_CHANGES } from "../core/limits.ts";
import { MAX_AT, MAX_ORDERED, MAX_PUT, MAX_STEPS } from "./limits.ts";
import { FAULTS } from "./mix.ts";

/** An article record as a newsroom sends it. The door of the wire checks the rest. */
const record = v.looseObject({ id: v.string() });
export type SentRecord = v.InferOutput<typeof record>;

const count = (max: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(max, `must be at most ${max}`));

const ACTIONS = {
  /** Sends records, all published together. Of `url`, `headline`, `published` and `updated` what is left out is filled in. */
  put: v.union([record, v.pipe(v.array(record), v.minLength(1), v.maxLength(MAX_PUT))]),
  /** Withdraws the story; `notice` beside it is what the public is told. */
  kill: v.string(),
  /** Withdraws the story where it is live, and tells that nobody may keep its content. */
  purge: v.string(),
  /** Takes the story out of all feeds, as one that has expired. */
  remove: v.string(),
  /** Sends again, under a later date, what a killed or removed story was last. */
  restore: v.string(),
  /** Kills and restores the story before anything is published: one change, which has `after`. */
  flicker: v.string(),
  /** Sends the last record of the story once more, as it is. */
  again: v.string(),
  /** The log tells its newest changes a second time, as a wire does that crashed between the log and its own mark. */
  repeat: count(PAGE_CHANGES),
  /** `begin`: a new epoch without a snapshot. `finish`: its snapshot. true: both. */
  epoch: v.union([v.picklist(["begin", "finish"]), v.literal(true)]),
  /** The next `count` requests (1) whose path begins with `path` (any) meet this fault. */
  fault: v.picklist(FAULTS),
  /** From now on requests meet faults as `--faults` says. */
  faults: v.string(),
  /** Nothing but that time passes. */
  rest: v.literal(true),
};

/** What steps can do. */
export const ACTION_NAMES = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[];

const optionals = Object.fromEntries(
  Object.entries(ACTIONS).map(([name, schema]) => [name, v.exactOptional(schema as v.GenericSchema)]),
) as { [Name in keyof typeof ACTIONS]: v.ExactOptionalSchema<(typeof ACTIONS)[Name], undefined> };

const StepSchema = v.strictObject({
  ...optionals,
  /** Seconds since the newsroom began; without it one second after the step before. */
  at: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_AT))),
  notice: v.exactOptional(v.string()),
  count: v.exactOptional(count(MAX_ORDERED)),
  path: v.exactOptional(v.string()),
});

/** One thing that a newsroom does, or that befalls its wire: one member of ACTIONS, and what belongs to it. */
export type Step = v.InferOutput<typeof StepSchema>;

/** What the step does, by its name. */
export function actionOf(step: Step): keyof typeof ACTIONS {
  return ACTION_NAMES.find((name) => step[name] !== undefined) as keyof typeof ACTIONS;
}

/**
 * Reads a script: steps as a JSON array, one alone, or one on each line. Throws `invalid`, which names the step that is wrong,
 * counted from 1.
 */
export function readScript(text: string): Step[] {
  const values = parseValues(text);
  if (values.length > MAX_STEPS)
    throw new FlashwireError("invalid", `The script has more than ${MAX_STEPS} steps.`);
  return values.map((value, i) => readStep(value, `Step ${i + 1} of the script`));
}

function parseValues(text: string): unknown[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (text.trimStart().startsWith("[")) return parse(text, "The script") as unknown[];
  return lines.map((line, i) => parse(line, `Step ${i + 1} of the script`));
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const advice = "Write a JSON array of steps, or one step on each line.";
    throw new FlashwireError("invalid", `${what} is no JSON: ${(cause as Error).message}. ${advice}`, [], {
      cause,
    });
  }
}

function readStep(value: unknown, what: string): Step {
  const { success, output, issues } = v.safeParse(StepSchema, value);
  if (!success) {
    const [issue] = issues;
    const place = v.getDotPath(issue) ?? "";
    if (issue.type === "strict_object" && issue.expected === "never")
      throw new FlashwireError(
        "invalid",
        `${what} has the unknown member ${place}. A step has one of ${ACTION_NAMES.join(", ")}, and beside it at, notice, count, path.`,
      );
    throw new FlashwireError("invalid", `${what}${place === "" ? "" : `, ${place}`}: ${issue.message}`);
  }
  const actions = ACTION_NAMES.filter((name) => output[name] !== undefined);
  if (actions.length !== 1)
    throw new FlashwireError("invalid", `${what} must have exactly one of ${ACTION_NAMES.join(", ")}.`);
  const strays = [
    output.kill === undefined && output.notice !== undefined && "notice belongs to kill",
    output.fault === undefined &&
      (output.count ?? output.path) !== undefined &&
      "count and path belong to fault",
  ].filter((stray) => stray !== false);
  if (strays.length > 0) throw new FlashwireError("invalid", `${what}: ${strays.join("; ")}.`);
  return output;
}
