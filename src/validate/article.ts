import * as v from "valibot";
import {
  ArticleSchema,
  type Checked,
  type CheckedWithdrawal,
  type Incoming,
  ReasonSchema,
  WithdrawnSchema,
} from "../core/article.ts";
import { type FieldProblem, FlashwireError } from "../core/errors.ts";
import { MAX_AHEAD_MS } from "../core/limits.ts";
import { cleanHtml } from "./html.ts";
import { MAX_PROBLEMS } from "./limits.ts";
import { normalForm, normalWithdrawal } from "./normalize.ts";
import { isObject, pointer, problemsOf, shapeProblems } from "./problems.ts";

type Draft = Partial<Checked>;
/** A rule over several fields; it is asked only when each of them is right by itself. */
type Rule = { fields: (keyof Checked)[]; check: (draft: Draft, now: number) => FieldProblem | undefined };

/**
 * Checks a record as a newsroom sent it and answers its normal form: same content, same JSON. Reading what was read
 * changes nothing. `now` is in milliseconds. `id` is that of the address which the record was sent to: the record may
 * leave it out and must not name another one. Throws one `invalid` that names every wrong field.
 */
export function readArticle(input: unknown, now: number, id?: string): Incoming {
  if (!isObject(input)) throw invalid([{ pointer: "#", detail: "must be a JSON object" }]);
  const record: Record<string, unknown> & { id?: unknown; status?: unknown } =
    id === undefined || Object.hasOwn(input, "id") ? input : { id, ...input };
  const withdrawn = record.status === "withdrawn";
  const checked = withdrawn ? check(WithdrawnSchema, record) : check(ArticleSchema, record);
  const { draft, problems } = checked;
  const wrong = new Set(problems.map((problem) => problem.pointer.split("/")[1]));
  for (const { fields, check: rule } of [...COMMON_RULES, ...(withdrawn ? [] : LIVE_RULES)]) {
    const problem = fields.some((field) => wrong.has(field)) ? undefined : rule(draft, now);
    if (problem) problems.push(problem);
  }
  if (id !== undefined && typeof record.id === "string" && record.id !== id) {
    problems.push({ pointer: "#/id", detail: "must be the id in the address that the record is sent to" });
  }
  if (withdrawn) return settle(problems, () => normalWithdrawal(draft as CheckedWithdrawal));
  const body = wrong.has("url") || wrong.has("body") ? undefined : readBody(draft, problems);
  return settle(problems, () => normalForm(draft as Checked, body));
}

/** Checks what a request to withdraw says. Throws `invalid`. */
export function readReason(input: unknown): string | undefined {
  if (!isObject(input)) throw invalid([{ pointer: "#", detail: "must be a JSON object" }]);
  const { draft, problems } = check(ReasonSchema, input);
  return settle(problems, () => draft.reason);
}

const COMMON_RULES: Rule[] = [
  { fields: ["published"], check: ({ published }, now) => notFar("published", published, now) },
  { fields: ["updated"], check: ({ updated }, now) => notFar("updated", updated, now) },
  {
    fields: ["published", "updated"],
    check: ({ published = "", updated = published }) =>
      updated < published ? { pointer: "#/updated", detail: "must not be before published" } : undefined,
  },
];

const LIVE_RULES: Rule[] = [
  {
    fields: ["change", "label"],
    check: ({ change, label }) =>
      change && label && JSON.stringify(change) !== JSON.stringify(label)
        ? { pointer: "#/label", detail: "is another name for change and must say the same" }
        : undefined,
  },
  { fields: ["embargo"], check: ({ embargo }, now) => notYet("embargo", embargo, now) },
  { fields: ["expires"], check: ({ expires }, now) => notYet("expires", expires, now) },
];

function notFar(field: string, time: string | undefined, now: number): FieldProblem | undefined {
  if (time === undefined || Date.parse(time) <= now + MAX_AHEAD_MS) return undefined;
  const hours = MAX_AHEAD_MS / 3_600_000;
  const detail = `must be at most ${hours} hours ahead: there is no scheduled publishing yet, send it when it is due`;
  return { pointer: `#/${field}`, detail };
}

function notYet(field: string, time: string | undefined, now: number): FieldProblem | undefined {
  if (time === undefined || Date.parse(time) <= now) return undefined;
  const detail =
    "must not be in the future: scheduled publishing is not there yet, so the article could leak";
  return { pointer: `#/${field}`, detail };
}

function check<S extends typeof ArticleSchema | typeof WithdrawnSchema | typeof ReasonSchema>(
  schema: S,
  record: Record<string, unknown>,
): { draft: Partial<v.InferOutput<S>>; problems: FieldProblem[] } {
  const { problems, fatal } = shapeProblems(schema, record);
  if (fatal) throw invalid(problems);
  const result = v.safeParse(schema, record);
  return {
    draft: result.output as Partial<v.InferOutput<S>>,
    problems: [...problemsOf(result.issues ?? []), ...problems],
  };
}

function readBody({ url = "", body }: Draft, problems: FieldProblem[]): string | undefined {
  if (body === undefined) return undefined;
  const wrong = (detail: string) => problems.push({ pointer: pointer(["body"]), detail });
  try {
    return cleanHtml(body, url);
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    wrong(error.message);
    return undefined;
  }
}

function settle<T>(problems: FieldProblem[], answer: () => T): T {
  if (problems.length > 0) throw invalid(problems);
  return answer();
}

function invalid(problems: FieldProblem[]): FlashwireError {
  const listed = problems.slice(0, MAX_PROBLEMS);
  const [first] = problems;
  const more = listed.length < problems.length ? `; the first ${MAX_PROBLEMS} are listed` : "";
  const what =
    problems.length === 1 && first
      ? `${first.pointer} ${first.detail}`
      : `${problems.length} fields are wrong${more}`;
  return new FlashwireError("invalid", `The record is not valid: ${what}.`, listed);
}
