import * as v from "valibot";
import { type Findings, sentPointer } from "./findings.ts";
import { MAX_CHECKS } from "./limits.ts";
import { isNeeded } from "./names.ts";
import { type Problem, problemsOf } from "./problems.ts";
import { type Path, type Shape, stepInto, takesBoolean } from "./shape.ts";

/** What the check made of a record. `wrong`: its fields that are not as they have to be. `record`: what it was made of. */
export type Draft<S extends v.GenericSchema> = {
  draft: Partial<v.InferOutput<S>>;
  wrong: Set<unknown>;
  record: unknown;
};

/**
 * Checks a repaired record. What is wrong costs the smallest part around it that the record may lack: an optional field,
 * an item of a list. What restricts the story, and what is required, is refused; of a kill only what is required.
 */
export function checkRecord<S extends v.GenericSchema>(
  schema: S,
  repaired: unknown,
  found: Findings,
  withdrawn: boolean,
): Draft<S> {
  let record = repaired;
  const wrong = new Set<unknown>();
  for (let checks = 1; ; checks++) {
    const result = v.safeParse(schema, record);
    if (result.success) return { draft: result.output as Partial<v.InferOutput<S>>, wrong, record };
    const [parts, kept] = sorted(schema as unknown as Shape, record, problemsOf(result.issues), withdrawn);
    const isLast = parts.length === 0 || checks === MAX_CHECKS;
    for (const problem of isLast ? [...kept, ...parts] : kept) {
      wrong.add(problem.path[0]);
      refuse(record, problem, found);
    }
    if (isLast) return { draft: result.output as Partial<v.InferOutput<S>>, wrong, record };
    for (const part of parts) leaveOut(record, part, found);
    record = without(
      record,
      parts.map(({ part }) => part),
      found,
    );
  }
}

/** Each check finds what is refused again. */
function refuse(record: unknown, { path, detail }: Problem, found: Findings): void {
  const pointer = sentPointer(record, path, found);
  if (!found.refused.some((other) => other.pointer === pointer)) found.refused.push({ pointer, detail });
}

function leaveOut(record: unknown, { path, detail, part }: Part, found: Findings): void {
  const pointer = sentPointer(record, path, found);
  const left = sentPointer(record, part, found);
  found.leftOut.push({
    pointer,
    detail: pointer === left ? detail : `${detail}; without it there is no ${left}`,
  });
}

/** `part`: the path of what goes. */
type Part = Problem & { part: Path };

/** The problems that cost a part, each with the path of that part, and those that cost the record. */
function sorted(schema: Shape, record: unknown, problems: Problem[], withdrawn: boolean) {
  const parts: Part[] = [];
  const kept: Problem[] = [];
  for (const problem of problems) {
    const part = removable(schema, record, problem.path, withdrawn);
    if (part === undefined) kept.push(problem);
    else parts.push({ ...problem, part });
  }
  return [parts, kept] as const;
}

/** The smallest part of the record at or around `path` that may be missing. Undefined where there is none. */
function removable(schema: Shape, record: unknown, path: Path, withdrawn: boolean): Path | undefined {
  let shape: Shape | undefined = schema;
  let value = record;
  let part: Path | undefined;
  for (const [depth, step] of path.entries()) {
    shape = shape && stepInto(shape, step);
    value = (value as Record<string | number, unknown> | undefined)?.[step];
    const here = path.slice(0, depth + 1);
    if (!withdrawn && isNeeded(here)) return undefined;
    if (typeof step === "number" || shape?.wrapped !== undefined) part = here;
  }
  // Nobody knows whether `syndicate: "maybe"` is a yes.
  const isUnclear =
    shape !== undefined && takesBoolean(shape) && (typeof value !== "object" || value === null);
  return isUnclear && !withdrawn ? undefined : part;
}

type Container = Record<string | number, unknown> | unknown[];

/** A copy of the record without these parts. */
function without(record: unknown, parts: Path[], found: Findings): unknown {
  const heads = new Map<string | number, Path[]>();
  for (const [head, ...rest] of parts) {
    if (head !== undefined) heads.set(head, [...(heads.get(head) ?? []), rest]);
  }
  const isGone = (step: string | number) => heads.get(step)?.some((rest) => rest.length === 0) === true;
  const kept = (step: string | number, value: unknown) => {
    const inside = heads.get(step);
    return inside === undefined ? value : without(value, inside, found);
  };
  if (!Array.isArray(record)) {
    const fields = Object.entries(record as Container).filter(([key]) => !isGone(key));
    return Object.fromEntries(fields.map(([key, value]) => [key, kept(key, value)]));
  }
  const places = found.places.get(record);
  const items = [...record.entries()].filter(([index]) => !isGone(index));
  const copy = items.map(([index, value]) => kept(index, value));
  found.places.set(
    copy,
    items.map(([index]) => places?.[index] ?? index),
  );
  return copy;
}
