import type * as v from "valibot";
import type { FieldProblem } from "../core/errors.ts";
import { MAX_NAME } from "../core/limits.ts";
import { MAX_PROBLEMS, MAX_PROBLEMS_BYTES } from "./limits.ts";
import { isObject, type Path } from "./shape.ts";

type Issue = v.BaseIssue<unknown>;

/** What is wrong, and where. */
export type Problem = { path: Path; detail: string };

const WRONG_TYPE: Record<string, string> = {
  string: "must be a string",
  number: "must be a number",
  boolean: "must be true or false",
  array: "must be a list",
  strict_object: "must be an object",
};

/** A JSON pointer as URI fragment: RFC 6901 §6. Names in it are cut to what a reader needs to find them. */
export function pointer(path: Path): string {
  const steps = path.map((step) => {
    const name = String(step).slice(0, MAX_NAME).toWellFormed();
    return `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`;
  });
  return `#${steps.join("")}`;
}

/** Every issue as a problem. Unknown fields are not among them: valibot names only the first of each object. */
export function problemsOf(issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => explain(issue, []));
}

function explain(issue: Issue, parents: Path): Problem[] {
  const path = [...parents, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  const isKey = issue.type === "strict_object" && issue.path?.at(-1)?.origin === "key";
  if (isKey) return issue.expected === "never" ? [] : [{ path, detail: "is required" }];
  if (issue.type === "union" && isObject(issue.input)) {
    // The newsroom meant the object among the choices: tell what is wrong in it.
    const inside = (issue.issues ?? []).filter((sub) => sub.path !== undefined);
    if (inside.length > 0) return inside.flatMap((sub) => explain(sub, path));
  }
  const detail = issue.kind === "schema" ? (WRONG_TYPE[issue.type] ?? issue.message) : issue.message;
  return [{ path, detail }];
}

/** As many of the first problems as one answer may list. */
export function boundProblems(problems: FieldProblem[]): FieldProblem[] {
  return problems.slice(0, countOf(problems, MAX_PROBLEMS, MAX_PROBLEMS_BYTES));
}

/** As many of the first warnings as one answer may list; where there are more, the last one says how many. */
export function boundWarnings(warnings: FieldProblem[]): FieldProblem[] {
  if (countOf(warnings, MAX_PROBLEMS, MAX_PROBLEMS_BYTES) === warnings.length) return warnings;
  const more = (left: number) => ({
    pointer: "#",
    detail: `has ${left} more warnings, which are not listed`,
  });
  const count = countOf(warnings, MAX_PROBLEMS - 1, MAX_PROBLEMS_BYTES - sizeOf(more(warnings.length)));
  return [...warnings.slice(0, count), more(warnings.length - count)];
}

/** How many of these fit. */
function countOf(problems: FieldProblem[], most: number, bytes: number): number {
  let left = bytes - "[]".length;
  const end = problems.findIndex((problem, i) => {
    left -= sizeOf(problem);
    return i >= most || left < 0;
  });
  return end < 0 ? problems.length : end;
}

/** Bytes in a list, with the comma. */
function sizeOf(problem: FieldProblem): number {
  return Buffer.byteLength(JSON.stringify(problem)) + 1;
}
