/*
 * JSON Schemas of what the wire answers. What it takes has its schema from the check itself: src/validate/json-schema.ts.
 */

import { FORMATS } from "../../render/formats.ts";

const string = { type: "string" };
const uri = { type: "string", format: "uri" };

const accepted = {
  id: string,
  version: { type: "string", description: "Names the version: its revision, or when it was updated" },
  result: { enum: ["created", "updated", "unchanged", "withdrawn"] },
  feeds: { type: "array", items: string, description: "Every feed that the article is or ever was in" },
};

export const acceptedSchema = { type: "object", properties: accepted, required: Object.keys(accepted) };

/** RFC 9457, with our extensions. */
export const problemSchema = {
  type: "object",
  properties: {
    type: { type: "string", format: "uri", description: "urn:flashwire:problem: and the kind of problem" },
    title: string,
    status: { type: "integer" },
    detail: string,
    errors: {
      type: "array",
      items: {
        type: "object",
        properties: { pointer: { type: "string", description: "JSON pointer to the field" }, detail: string },
        required: ["pointer", "detail"],
      },
    },
    tombstone: { type: "object", description: "What is left of a withdrawn article" },
  },
  required: ["type", "title", "status"],
};

export const answerSchema = {
  type: "object",
  properties: {
    line: { type: "integer", description: "Line of NDJSON, or place in the array, from 1" },
    status: { type: "integer", description: "What a PUT of this record would have been answered with" },
    ...accepted,
    problem: { $ref: "#/components/schemas/Problem" },
  },
  required: ["line", "status"],
};

const documents = Object.fromEntries(FORMATS.map(({ name }) => [name, uri]));

const feedList = { type: "array", items: { type: "object", properties: { feed: string, ...documents } } };

export const placesSchema = {
  type: "object",
  properties: {
    id: string,
    version: string,
    feeds: { ...feedList, description: "The feeds that the article belongs to" },
    left: { ...feedList, description: "The feeds that it was in and has left, if only by being withdrawn" },
  },
  required: ["id", "version", "feeds", "left"],
};

export const directorySchema = {
  type: "object",
  properties: {
    title: string,
    feeds: {
      type: "array",
      items: { type: "object", properties: { name: string, title: string, ...documents } },
    },
    next: { type: "string", format: "uri", description: "The next page, where there is one" },
  },
  required: ["title", "feeds"],
};
