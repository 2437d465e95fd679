import { EXTENSION_FIELDS } from "../core/extension.ts";
import { articleJsonSchema, namedSchema, type Schema } from "./json-schema.ts";

/**
 * `_flashwire`: what our JSON Feed documents say beyond JSON Feed 1.1, at the feed and at each item. The schema is for
 * a whole document and takes members that it does not know: later versions of the wire may add some.
 */
export function extensionSchema() {
  const at = (name: string) => ({ $ref: `#/$defs/${name}` });
  const items = { type: "array", items: { type: "object", properties: { _flashwire: at("item") } } };
  return namedSchema("extension", {
    title: "Flashwire extension of JSON Feed 1.1",
    description: "The member `_flashwire` of a JSON Feed document of Flashwire, and of each of its items.",
    type: "object",
    properties: { _flashwire: at("feed"), items },
    $defs: { feed: feedLevel(), item: itemLevel() },
  });
}

function feedLevel() {
  const deleted = {
    type: "object",
    properties: {
      id: text("The `id` that the item had.", "tag:news.example.org,2026:article/harbour-bridge-reopens"),
      when: text("When it was withdrawn (RFC 3339).", "2026-11-02T12:00:00.000Z", "date-time"),
      notice: text(
        "What the newsroom tells the public of it, where it does.",
        "This report was withdrawn because it could not be confirmed.",
      ),
    },
    required: ["id", "when"],
  };
  return {
    type: "object",
    description: "What the feed says beyond JSON Feed.",
    properties: {
      about: text(
        "Where people read what the extension means.",
        "https://feeds.example.org/about/extension",
        "uri",
      ),
      copyright: text("The copyright line of the newsroom.", "© 2026 Example Times"),
      deleted: {
        type: "array",
        items: deleted,
        description: "Items that the newsroom has withdrawn lately: a reader that has one removes it.",
      },
      unseen: text(
        "A digest of the last changes that the document does not show. It keeps a document from returning to bytes that it had before; readers ignore it.",
        "b3ecb8b6ce1a680e",
      ),
    },
    required: ["about"],
  };
}

/** `_flashwire` of an item, wherever the item stands. */
export function itemLevel() {
  const record = articleJsonSchema().properties ?? {};
  const members = Object.entries(EXTENSION_FIELDS).map(([member, field]) => [
    member,
    asWritten(record[field] ?? {}),
  ]);
  return {
    type: "object",
    description: "What the item says beyond JSON Feed: fields of the record, in normal form.",
    properties: {
      version: text(
        "Names the version where neither its revision nor its dates do: several contents came under one version.",
        "2026-11-02T08:45:00.000Z/2",
      ),
      ...Object.fromEntries(members),
      withdrawn: {
        description:
          "The newsroom has withdrawn the story. The item stands in its place and has nothing of it.",
        type: "boolean",
        examples: [true],
      },
    },
  };
}

/** A field as documents have it: of several spellings the object, names in JSON Feed's style, nothing private. */
function asWritten({ anyOf, ...schema }: Schema): Schema {
  const spelling = { ...schema, ...anyOf?.find(({ type }) => type === "object") };
  const { additionalProperties: _, examples, properties, items, ...rest } = spelling;
  return {
    ...rest,
    ...(items && { items: asWritten(items) }),
    ...(properties && { properties: renamed(properties) }),
    // The record's example may be in another spelling.
    ...(examples && !anyOf && !items && !properties && { examples }),
  };
}

function renamed({
  syndicate: _,
  creditRole,
  focalPoint,
  ...properties
}: Record<string, Schema>): Record<string, Schema> {
  const all = Object.entries({
    ...properties,
    ...(creditRole && { credit_role: creditRole }),
    ...(focalPoint && { focal_point: focalPoint }),
  });
  return Object.fromEntries(all.map(([name, schema]) => [name, asWritten(schema)]));
}

function text(description: string, example: string, format?: string) {
  return { description, type: "string", ...(format === undefined ? {} : { format }), examples: [example] };
}
