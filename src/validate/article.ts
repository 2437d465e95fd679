import * as v from "valibot";
import {
  ArticleSchema,
  type Checked,
  type CheckedWithdrawal,
  type Incoming,
  ReasonSchema,
  type WithdrawalWords,
  WithdrawnSchema,
} from "../core/article.ts";
import { articleId } from "../core/article-id.ts";
import { type FieldProblem, FlashwireError } from "../core/errors.ts";
import type { Site } from "../core/site.ts";
import { withBody } from "./body.ts";
import { checkRecord } from "./check.ts";
import { type Findings, noFindings } from "./findings.ts";
import { normalForm, normalWithdrawal } from "./normalize.ts";
import { boundProblems, boundWarnings, pointer, problemsOf } from "./problems.ts";
import { repair } from "./repair.ts";
import { keepRules } from "./rules.ts";
import { isObject, type Shape } from "./shape.ts";

/** What the answer depends on in addition to the record. */
export type ReadContext = {
  /** Milliseconds. */
  now: number;
  /** The id in the address which the record was sent to: the record may lack an id, and must not have another one. */
  id?: string;
  /** IANA name of the newsroom's zone, for dates without an offset. Without it such dates are refused. */
  timeZone?: string;
  /** The language of an article that names none, for the words of a warning. */
  language?: string;
  /** Whether a warning is an error. */
  strict?: boolean;
};

/** What the site file says about every record of the wire. */
export function siteContext({ language, timeZone }: Pick<Site, "language" | "timeZone">) {
  return { language, ...(timeZone === undefined ? {} : { timeZone }) };
}

/** `warnings` tell what was repaired, left out or looks wrong; at most MAX_PROBLEMS of them, of MAX_PROBLEMS_BYTES. */
export type ReadArticle = { article: Incoming; warnings: FieldProblem[] };

/**
 * Reads a record as a newsroom sent it and answers its normal form: same content, same JSON. What has one meaning is
 * repaired, and a wrong part costs that part; what restricts the story is understood or the record is refused. Reading
 * what was read changes nothing. Throws one `invalid` that names every wrong field.
 */
export function readArticle(input: unknown, context: ReadContext): ReadArticle {
  if (!isObject(input)) throw invalid([{ pointer: "#", detail: "must be a JSON object" }]);
  const { now, id } = context;
  const record: Record<string, unknown> =
    id === undefined || Object.hasOwn(input, "id") ? input : { id, ...input };
  const withdrawn = typeof record.status === "string" && record.status.trim().toLowerCase() === "withdrawn";
  const schema = withdrawn ? WithdrawnSchema : ArticleSchema;
  const found = noFindings();
  const repaired = repairRecord(record, { withdrawn, context, found });
  const checked = checkRecord(schema, repaired, found, withdrawn);
  const { wrong, record: sent } = checked;
  const draft = keepRules(checked.draft as Partial<Checked>, { wrong, sent, withdrawn, now }, found);
  if (id !== undefined && !wrong.has("id") && draft.id !== articleId(id)) {
    found.refused.push({
      pointer: "#/id",
      detail: "must be the id in the address that the record is sent to",
    });
  }
  const whole = withdrawn || wrong.has("url") ? draft : withBody(draft, found);
  const warnings = settle(found, context);
  const article = withdrawn ? kill(draft, warnings, now) : normalForm(whole as Checked);
  return { article, warnings: boundWarnings(warnings) };
}

/** Checks what a request to withdraw says. Throws `invalid`. */
export function readReason(input: unknown): WithdrawalWords {
  if (!isObject(input)) throw invalid([{ pointer: "#", detail: "must be a JSON object" }]);
  const result = v.safeParse(ReasonSchema, input);
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(ReasonSchema.entries, name));
  const problems = [
    ...problemsOf(result.issues ?? []),
    ...unknown.map((name) => ({ path: [name], detail: "is not a field of the record" })),
  ].map(({ path, detail }) => ({ pointer: pointer(path), detail }));
  if (problems.length > 0 || !result.success) throw invalid(problems);
  return result.output;
}

function repairRecord(
  record: Record<string, unknown>,
  { withdrawn, context, found }: { withdrawn: boolean; context: ReadContext; found: Findings },
): unknown {
  if (record.body === null)
    found.noted.push({ pointer: "#/body", detail: "is null, so the article has no body" });
  const schema = (withdrawn ? WithdrawnSchema : ArticleSchema) as unknown as Shape;
  const { timeZone, now } = context;
  return repair(schema, record, { base: record.url, timeZone, found, withdrawn, now, path: [] }) ?? {};
}

/** A kill whose date was left out is of now: of the date of its publication, it would be older than what it kills. */
function kill(draft: Partial<Checked>, warnings: FieldProblem[], now: number): Incoming {
  const isUndated =
    warnings.some((warning) => warning.pointer === "#/updated") && draft.updated === undefined;
  const updated = isUndated ? { updated: new Date(now).toISOString() } : {};
  return normalWithdrawal({ ...draft, ...updated } as CheckedWithdrawal);
}

/** All warnings of a record that is taken. Throws `invalid` for one that is not. */
function settle({ refused, leftOut, noted }: Findings, { strict, language }: ReadContext): FieldProblem[] {
  if (refused.length > 0) throw invalid([...refused, ...leftOut]);
  const inPlace = language === undefined ? "" : `, so the article is in ${language}`;
  const gone = leftOut.map(({ pointer: at, detail }) => {
    return { pointer: at, detail: `${detail}; it was left out${at === "#/language" ? inPlace : ""}` };
  });
  const warnings = [...noted, ...gone];
  if (strict && warnings.length > 0) throw invalid(warnings);
  return warnings;
}

function invalid(problems: FieldProblem[]): FlashwireError {
  const listed = boundProblems(problems);
  const [first] = problems;
  const more = listed.length < problems.length ? `; the first ${listed.length} are listed` : "";
  const what =
    problems.length === 1 && first
      ? `${first.pointer} ${first.detail}`
      : `${problems.length} fields are wrong${more}`;
  return new FlashwireError("invalid", `The record is not valid: ${what}.`, listed);
}
