import {
  type ConversionConfig,
  type JsonSchema,
  toJsonSchema,
  toJsonSchemaDefs,
} from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";
import { ArticleSchema, ReasonSchema, WithdrawnSchema } from "../core/article.ts";
import { ARTICLE_REFERENCE } from "../core/reference.ts";

/** JSON Schemas (draft 2020-12) of what Valibot checks. Rules over several fields are told in words only. */

/** A JSON Schema whose nested schemas are objects too: the converter writes neither `true` nor `false` for one. */
export type Schema = Omit<JsonSchema, "properties" | "items" | "anyOf"> & {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
};

/** A record as a newsroom may send it. */
export const articleJsonSchema = (): Schema => described(jsonSchemaOf(ArticleSchema));

/** A withdrawn record as a newsroom may send it. */
export const withdrawnJsonSchema = (): Schema => described(jsonSchemaOf(WithdrawnSchema));

/** What a request to withdraw may say. */
export const reasonJsonSchema = (): Schema => described(jsonSchemaOf(ReasonSchema));

/** The reference of the record: both forms in one schema, so that an editor completes every field. */
export function articleReference() {
  const live = articleJsonSchema();
  const { properties: { reason, notice } = {}, required: withdrawn = [] } = withdrawnJsonSchema();
  const { required = [] } = live;
  const isWithdrawn = { properties: { status: { const: "withdrawn" } }, required: ["status"] };
  return namedSchema("article", {
    title: "Flashwire article record",
    description: "One version of an article, as a newsroom sends it to PUT /articles/{id} or POST /articles.",
    type: "object",
    properties: { ...live.properties, ...(reason && { reason }), ...(notice && { notice }) },
    required: required.filter((name) => withdrawn.includes(name)),
    additionalProperties: false,
    if: isWithdrawn,
    else: {
      required: required.filter((name) => !withdrawn.includes(name)),
      properties: { reason: false, notice: false },
    },
  });
}

/**
 * A schema that stands for itself. Its `$id` is a URN: a name that no domain has to keep and that is the same on every
 * wire. The number in it changes when what was valid is valid no more.
 */
export function namedSchema<S extends object>(name: string, schema: S) {
  const $schema = "https://json-schema.org/draft/2020-12/schema";
  return { $schema, $id: `urn:flashwire:schema:${name}:1`, ...schema };
}

/** The JSON Schema of what Valibot checks, to be put into another or to be named. */
export function jsonSchemaOf(schema: GenericSchema): Schema {
  const { $schema: _, ...rest } = toJsonSchema(schema, CONVERSION);
  return rest as Schema;
}

/** Schemas by their names; where one holds another, it refers to it below `base`. */
export function jsonSchemasOf(schemas: Record<string, GenericSchema>, base: string): Record<string, Schema> {
  const overrideRef: ConversionConfig["overrideRef"] = ({ referenceId }) => `${base}${referenceId}`;
  return toJsonSchemaDefs(schemas, { ...CONVERSION, overrideRef }) as Record<string, Schema>;
}

/** The schema with the words of the reference for each field. Throws for a field without words. */
function described(schema: Schema, path = ""): Schema {
  const { properties, items, anyOf } = schema;
  const field = ([name, value]: [string, Schema]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const words = ARTICLE_REFERENCE[at];
    if (words === undefined) throw new Error(`src/core/reference.ts says nothing about ${at}`);
    const { description, ...rest } = described(value, at);
    const text = [words.description, ...(description === undefined ? [] : [description])].join(" ");
    return [name, { description: text, ...rest, examples: [words.example] }];
  };
  return {
    ...schema,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(field)) }),
    ...(items && { items: described(items, `${path}[]`) }),
    ...(anyOf && { anyOf: anyOf.map((one) => described(one, path)) }),
  };
}

const CONVERSION: ConversionConfig = {
  typeMode: "input",
  target: "draft-2020-12",
  // Checks and transformations have no words in JSON Schema.
  errorMode: "ignore",
  overrideAction: ({ valibotAction, jsonSchema }) =>
    "metadata" in valibotAction && isFacts(valibotAction.metadata)
      ? withFacts(jsonSchema, valibotAction.metadata)
      : undefined,
};

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
