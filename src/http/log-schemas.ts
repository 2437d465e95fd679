import { LogPageSchema, SnapshotSchema } from "../contract/log.ts";
import { StorySchema } from "../contract/story.ts";
import { itemLevel } from "../validate/extension-schema.ts";
import { jsonSchemaOf, namedSchema, type Schema } from "../validate/json-schema.ts";

/*
 * The JSON Schemas of what consumers read. Each takes members that it does not know: later versions of the wire may write some,
 * and a consumer ignores them.
 */

const OPEN = "Later versions of the wire may write further members. Ignore those that you do not know.";

/** The schema under a name, with its title in front. */
function titled(name: string, title: string, description: string, schema: Schema) {
  const facts = { title, description: `${description} ${OPEN}` };
  return namedSchema(name, { ...facts, ...schema, ...facts });
}

export const logPageSchema = () =>
  titled(
    "change-log",
    "Flashwire page of the change log",
    "/changes/open.json and /changes/{epoch}/{n}.json: what changed, one entry for each version of a story.",
    jsonSchemaOf(LogPageSchema),
  );

export const snapshotSchema = () =>
  titled(
    "snapshot",
    "Flashwire page of a snapshot",
    "/snapshots/{epoch}/{k}.json: the stories at the beginning of an epoch of the change log.",
    jsonSchemaOf(SnapshotSchema),
  );

/** An item of JSON Feed 1.1 with all of our extension, and what only a document of its own says. */
export function storySchema() {
  const { properties = {}, ...rest } = jsonSchemaOf(StorySchema);
  const own: Schema = properties._flashwire ?? {};
  const _flashwire = {
    ...own,
    description: "What the story says beyond JSON Feed: its version, and fields of the record.",
    properties: { ...itemLevel().properties, ...own.properties },
  };
  return titled(
    "story",
    "Flashwire story",
    "/stories/{id}.json: the public form of one article, an item of JSON Feed 1.1; its tombstone; or nothing but its identity.",
    { ...rest, properties: { ...properties, _flashwire } },
  );
}
