import * as v from "valibot";
import { BREAKING_LEVELS } from "../core/levels.ts";
import { FORMATS } from "../render/formats.ts";
import { AcceptedSchema } from "./answers.ts";

/*
 * Answers that have the address of each document of a feed. They stand apart from answers.ts, because the formats bring all of
 * the renderer with them: a command that names no document starts in half the time without it.
 */

const string = v.string();
const uri = v.pipe(string, v.url());

const documents = Object.fromEntries(FORMATS.map(({ name }) => [name, v.exactOptional(uri)]));

/** These members, and the address of each of a feed's documents by the name of its format. */
const withDocuments = <E extends v.ObjectEntries>(entries: E) =>
  v.object({ ...entries, ...documents }) as v.GenericSchema<
    unknown,
    v.InferOutput<v.ObjectSchema<E, undefined>> & Record<string, string>
  >;

const place = withDocuments({ feed: string });

/** Where an article stands. */
export const PlacesSchema = v.object({
  id: string,
  version: string,
  /** As documents show it, which may differ from what the newsroom sent. */
  updated: v.exactOptional(
    v.pipe(string, v.description("When documents say that it was updated (RFC 3339)")),
  ),
  breaking: v.exactOptional(
    v.pipe(
      v.picklist(BREAKING_LEVELS),
      v.description("The level at which documents flag it, while it breaks"),
    ),
  ),
  due: AcceptedSchema.entries.due,
  feeds: v.pipe(v.array(place), v.description("The feeds that the article belongs to")),
  left: v.pipe(
    v.array(place),
    v.description("The feeds that it was in and has left, if only by being withdrawn"),
  ),
});

const listedFeed = withDocuments({
  name: string,
  title: string,
  value: v.exactOptional(
    v.pipe(string, v.description("The section, language or tag, as its newest story spells it")),
  ),
});

/** A page of the feeds of the wire. */
export const DirectorySchema = v.object({
  title: string,
  changes: v.exactOptional(v.pipe(uri, v.description("The newest changes of all stories, for partners"))),
  feeds: v.array(listedFeed),
  next: v.exactOptional(v.pipe(uri, v.description("The next page, where there is one"))),
});

export type Place = v.InferOutput<typeof place>;
export type Places = v.InferOutput<typeof PlacesSchema>;
export type ListedFeed = v.InferOutput<typeof listedFeed>;
export type Directory = v.InferOutput<typeof DirectorySchema>;
