import {
  AcceptedSchema,
  AnswerSchema,
  DirectorySchema,
  HealthSchema,
  PlacesSchema,
} from "../contract/answers.ts";
import { ProblemSchema } from "../contract/problem.ts";
import { extensionSchema } from "../validate/extension-schema.ts";
import {
  articleJsonSchema,
  articleReference,
  jsonSchemasOf,
  reasonJsonSchema,
  withdrawnJsonSchema,
} from "../validate/json-schema.ts";

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
      Places: PlacesSchema,
      Problem: ProblemSchema,
    },
    "#/components/schemas/",
  ),
});

/** The schemas that stand for themselves, by the names of their files below /schemas/. */
export const SCHEMA_FILES = {
  "article.schema.json": articleReference,
  "flashwire-extension.schema.json": extensionSchema,
};
