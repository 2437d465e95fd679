import { type JsonSchema, toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { ArticleSchema, ReasonSchema, WithdrawnSchema } from "../core/article.ts";

/** JSON Schema (2020-12) of a record as a newsroom may send it. Rules over several fields are told in words only. */
export const articleJsonSchema = (): JsonSchema => jsonSchemaOf(ArticleSchema);

/** The same for a record that says it is withdrawn. */
export const withdrawnJsonSchema = (): JsonSchema => jsonSchemaOf(WithdrawnSchema);

/** What a request to withdraw may say. */
export const reasonJsonSchema = (): JsonSchema => jsonSchemaOf(ReasonSchema);

function jsonSchemaOf(schema: GenericSchema): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, {
    typeMode: "input",
    target: "draft-2020-12",
    // Checks and transformations have no words in JSON Schema.
    errorMode: "ignore",
    overrideAction: ({ valibotAction, jsonSchema }) =>
      "metadata" in valibotAction && isFacts(valibotAction.metadata)
        ? withFacts(jsonSchema, valibotAction.metadata)
        : undefined,
  });
  return rest;
}

/** Metadata of a field is put in under its own name; what it says belongs beside the rest. */
function withFacts(
  schema: JsonSchema & { jsonSchema?: unknown },
  facts: { jsonSchema: JsonSchema },
): JsonSchema {
  const { jsonSchema: _, ...rest } = schema;
  return { ...rest, ...facts.jsonSchema };
}

function isFacts(metadata: unknown): metadata is { jsonSchema: JsonSchema } {
  return typeof metadata === "object" && metadata !== null && "jsonSchema" in metadata;
}
