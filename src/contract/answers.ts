import * as v from "valibot";
import { FieldProblemSchema, ProblemSchema } from "./problem.ts";

/**
 * What the wire answers, declared once: the types of the server, the OpenAPI document and the check of the command
 * line's client follow from here. A client takes members that it does not know, since a newer wire may send them.
 */

const string = v.string();

const accepted = {
  id: string,
  version: v.pipe(string, v.description("Names the version: its revision, or when it was updated")),
  result: v.pipe(
    v.picklist(["created", "updated", "scheduled", "unchanged", "superseded", "withdrawn", "withdrawing"]),
    v.description(
      "`withdrawing`: the kill is kept, and documents that show the article are still to be written",
    ),
  ),
  feeds: v.pipe(v.array(string), v.description("Every feed that the article is or ever was in")),
  due: v.exactOptional(
    v.pipe(string, v.description("When an article becomes public that waits until then (RFC 3339)")),
  ),
  warnings: v.exactOptional(
    v.pipe(
      v.array(FieldProblemSchema),
      v.description("What the wire repaired in the record, left out of it, or takes for a mistake"),
    ),
  ),
};

const feedNames = v.array(string);

/** What a record would change, as a dry run tells it. */
const preview = v.object({
  enters: v.pipe(feedNames, v.description("The feeds that would show the article and do not now")),
  stays: v.pipe(feedNames, v.description("The feeds that show it now and would go on to")),
  leaves: v.pipe(feedNames, v.description("The feeds that show it now and would not any more")),
  entries: v.exactOptional(
    v.pipe(
      v.record(string, string),
      v.description("Its entry by the name of the format, as it would stand in every feed"),
    ),
  ),
});

/** What the writer of an article learns. */
export const AcceptedSchema = v.object(accepted);

/** What became of one record of many. */
export const AnswerSchema = v.object({
  line: v.pipe(
    v.number(),
    v.integer(),
    v.description("Line of NDJSON, or place in the array, from 1; 0 for the whole"),
  ),
  status: v.pipe(
    v.number(),
    v.integer(),
    v.description("What a PUT of this record would have been answered with"),
  ),
  id: v.exactOptional(accepted.id),
  version: v.exactOptional(accepted.version),
  result: v.exactOptional(accepted.result),
  feeds: v.exactOptional(accepted.feeds),
  due: accepted.due,
  warnings: accepted.warnings,
  preview: v.exactOptional(v.pipe(preview, v.description("Only in the answer to a dry run"))),
  problem: v.exactOptional(ProblemSchema),
});

/** The answer of a wire that reaches its stores. */
export const HealthSchema = v.object({
  status: v.literal("ok"),
  checked: v.exactOptional(
    v.pipe(
      v.picklist(["reads", "reads and writes"]),
      v.description("What was tried; a deployed wire tries no writes"),
    ),
  ),
  wire: v.exactOptional(v.pipe(string, v.description("Which wire this is; a local one says it"))),
});

export type Preview = v.InferOutput<typeof preview>;
export type Accepted = v.InferOutput<typeof AcceptedSchema>;
export type Answer = v.InferOutput<typeof AnswerSchema>;
export type Health = v.InferOutput<typeof HealthSchema>;
