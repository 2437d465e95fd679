import type * as v from "valibot";
import type { FieldProblem } from "../core/errors.ts";
import { MAX_NAME } from "../core/limits.ts";

type Path = readonly (string | number)[];
type Issue = v.BaseIssue<unknown>;
/** What the walk below needs to know of any valibot schema. */
type Shape = {
  type: string;
  entries?: Record<string, Shape>;
  item?: Shape;
  wrapped?: Shape;
  options?: Shape[];
  pipe?: { type: string; requirement?: unknown }[];
};

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

/** Every issue as a wrong field. Unknown fields are not among them: valibot names only the first of each object. */
export function problemsOf(issues: readonly Issue[]): FieldProblem[] {
  return issues.flatMap((issue) => explain(issue, []));
}

function explain(issue: Issue, parents: Path): FieldProblem[] {
  const path = [...parents, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  const isKey = issue.type === "strict_object" && issue.path?.at(-1)?.origin === "key";
  if (isKey) return issue.expected === "never" ? [] : [{ pointer: pointer(path), detail: "is required" }];
  if (issue.type === "union" && isObject(issue.input)) {
    // The newsroom meant the object among the choices: tell what is wrong in it.
    const inside = (issue.issues ?? []).filter((sub) => sub.path !== undefined);
    if (inside.length > 0) return inside.flatMap((sub) => explain(sub, path));
  }
  const detail = issue.kind === "schema" ? (WRONG_TYPE[issue.type] ?? issue.message) : issue.message;
  return [{ pointer: pointer(path), detail }];
}

/**
 * What the schema check would say badly or at too great a price: every field that the schema does not know, and every
 * list that is too long. `fatal`: a list so long that its items are not looked at.
 */
export function shapeProblems(schema: unknown, value: unknown): ShapeProblems {
  const found: ShapeProblems = { problems: [], fatal: false };
  walk(schema as Shape, value, [], found);
  return found;
}

type ShapeProblems = { problems: FieldProblem[]; fatal: boolean };

function walk(schema: Shape, value: unknown, path: Path, found: ShapeProblems): void {
  if (schema.wrapped) walk(schema.wrapped, value, path, found);
  else if (schema.options) {
    for (const option of schema.options) if (typeof option === "object") walk(option, value, path, found);
  } else if (schema.item && Array.isArray(value)) walkList(schema, schema.item, value, path, found);
  else if (schema.entries && isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const known = Object.hasOwn(schema.entries, key) ? schema.entries[key] : undefined;
      if (known) walk(known, item, [...path, key], found);
      else found.problems.push({ pointer: pointer([...path, key]), detail: "is not a field of the record" });
    }
  }
}

function walkList(schema: Shape, item: Shape, values: unknown[], path: Path, found: ShapeProblems): void {
  const max = schema.pipe?.find(({ type }) => type === "max_length")?.requirement;
  if (typeof max === "number" && values.length > max) {
    found.problems.push({ pointer: pointer(path), detail: `must have at most ${max} items` });
    found.fatal = true;
  } else for (const [index, value] of values.entries()) walk(item, value, [...path, index], found);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
