import * as v from "valibot";
import { type ErrorCode, type FieldProblem, PROBLEMS } from "../core/errors.ts";
import { TombstoneSchema } from "./record.ts";

/** The problem document (RFC 9457, `application/problem+json`) that answers a request which fails. */

const TYPE = "urn:flashwire:problem:";

export const FieldProblemSchema = v.object({
  pointer: v.pipe(v.string(), v.description("JSON pointer to the field")),
  detail: v.string(),
}) satisfies v.GenericSchema<unknown, FieldProblem>;

export const ProblemSchema = v.object({
  type: v.pipe(v.string(), v.url(), v.description(`${TYPE} and the kind of problem`)),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.exactOptional(v.string()),
  errors: v.exactOptional(v.array(FieldProblemSchema)),
  tombstone: v.exactOptional(v.pipe(TombstoneSchema, v.description("What is left of a withdrawn article"))),
  wire: v.exactOptional(
    v.pipe(v.string(), v.description("Which wire this is, from /healthz of a local one")),
  ),
});

/** The problem that answers a request for a withdrawn article. */
export const WithdrawnProblemSchema = v.object({ ...ProblemSchema.entries, tombstone: TombstoneSchema });

export type Problem = v.InferOutput<typeof ProblemSchema>;

/** The `type` of a problem of this kind. */
export const problemType = (code: ErrorCode) => `${TYPE}${code}`;

/** The kind of a problem; undefined for a type that is not ours. */
export function codeOf(type: string): ErrorCode | undefined {
  const code = type.startsWith(TYPE) ? type.slice(TYPE.length) : "";
  return Object.hasOwn(PROBLEMS, code) ? (code as ErrorCode) : undefined;
}
