import { AcceptedSchema, AnswerSchema, HealthSchema } from "../contract/answers.ts";
import { DirectorySchema, PlacesSchema } from "../contract/documents.ts";
import { LogPageSchema, SnapshotSchema } from "../contract/log.ts";
import { ProblemSchema } from "../contract/problem.ts";
import { extensionSchema } from "../validate/extension-schema.ts";
import {
  articleJsonSchema,
  articleReference,
  jsonSchemasOf,
  reasonJsonSchema,
  withdrawnJsonSchema,
} from "../validate/json-schema.ts";
import { logPageSchema, snapshotSchema, storySchema } from "./log-schemas.ts";

/*
 * The JSON Schemas that the wire publishes. They are the same for every request and every wire: scripts/lean.ts runs
 * this file when it bundles, and puts what the functions answer in its place. A further export needs a line there.
 */

/** The schemas of the OpenAPI document, by their names there. */
export const componentSchemas = () => ({
  Article: articleJsonSchema(),
  WithdrawnArticle: withdrawnJsonSchema(),
  Reason: reasonJsonSchema(),
  ...jsonSchemasOf(
    {
      Accepted: AcceptedSchema,
      Answer: AnswerSchema,
      Directory: DirectorySchema,
      Health: HealthSchema,
      LogPage: LogPageSchema,
      Places: PlacesSchema,
      Problem: ProblemSchema,
      Snapshot: SnapshotSchema,
    },
    "#/components/schemas/",
  ),
  Story: withoutNames(storySchema()),
});

/** A schema as a part of another document. */
function withoutNames({ $schema: _, $id: __, ...schema }: ReturnType<typeof storySchema>) {
  return schema;
}

/** The schemas that stand for themselves, by the names of their files below /schemas/. */
export const SCHEMA_FILES = {
  "article.schema.json": articleReference,
  "flashwire-extension.schema.json": extensionSchema,
  "change-log.schema.json": logPageSchema,
  "snapshot.schema.json": snapshotSchema,
  "story.schema.json": storySchema,
};
