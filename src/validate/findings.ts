import type { FieldProblem } from "../core/errors.ts";
import { pointer } from "./problems.ts";
import type { Path } from "./shape.ts";

/** What is noticed of one record on its way through the door. */
export type Findings = {
  /** Why the record cannot be taken. */
  refused: FieldProblem[];
  /** What was wrong and left out. */
  leftOut: FieldProblem[];
  /** What was repaired, or only looks wrong. */
  noted: FieldProblem[];
  /** For lists that lost items or got some: where each item stood in the list that was sent. */
  places: WeakMap<object, number[]>;
};

export function noFindings(): Findings {
  return { refused: [], leftOut: [], noted: [], places: new WeakMap() };
}

/** The pointer to a part of `record` as it was sent. */
export function sentPointer(record: unknown, path: Path, { places }: Findings): string {
  let part = record;
  const steps = path.map((step) => {
    const list = Array.isArray(part) ? places.get(part) : undefined;
    part = (part as Record<string | number, unknown> | undefined)?.[step];
    return typeof step === "number" ? (list?.[step] ?? step) : step;
  });
  return pointer(steps);
}
