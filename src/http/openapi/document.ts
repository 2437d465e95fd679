import { EXTENSION_PATH } from "../../core/extension.ts";
import { MAX_ID_FORM, MAX_RECORD_BYTES } from "../../core/limits.ts";
import type { Site } from "../../core/site.ts";
import { FORMATS } from "../../render/formats.ts";
import { MAX_STREAM_RECORDS } from "../../stream/limits.ts";
import { MAX_DEPLOYED_BODY_BYTES } from "../limits.ts";
import { componentSchemas, SCHEMA_FILES } from "../schemas.ts";
import { directoryPaths } from "./directory.ts";
import { assetPath, documentPath } from "./feed.ts";
import { logPaths } from "./log.ts";
import {
  content,
  header,
  ifMatch,
  ifModified,
  ifNoneMatch,
  ifUnmodified,
  ok,
  problems,
  query,
  ref,
  security,
  TOKENS,
} from "./parts.ts";

/** OpenAPI 3.1 of everything that this wire answers to. */
export function openApi(site: Site) {
  return {
    openapi: "3.1.0",
    info: {
      title: `${site.title}: news wire`,
      version: "1",
      description: "Article records in; RSS 2.0, Atom 1.0 and JSON Feed 1.1 out.",
    },
    servers: [{ url: site.origin }],
    paths: {
      "/articles": articlesPath(),
      "/articles/{id}": articlePath(),
      "/articles/{id}/feeds": placesPath(),
      ...directoryPaths([ifMatch, ifNoneMatch, ifModified, ifUnmodified]),
      ...logPaths([ifMatch, ifNoneMatch, ifModified, ifUnmodified]),
      ...Object.fromEntries(
        FORMATS.map((format) => [`/feeds/{feed}/${format.segment}`, documentPath(format)]),
      ),
      "/assets/{file}": assetPath(),
      "/healthz": {
        get: {
          summary: "Whether the wire can serve readers and, where it can try that, take records",
          responses: { 200: ok("It does", ref("Health")), ...problems("storage", "unavailable", "internal") },
        },
      },
      "/openapi.json": page("This document", "OpenAPI 3.1", "application/json"),
      [EXTENSION_PATH]: page("What _flashwire and fw:* mean", "A page for people", "text/html"),
      ...Object.fromEntries(
        Object.entries(SCHEMA_FILES).map(([file, schema]) => [
          `/schemas/${file}`,
          page(schema().title, "JSON Schema, draft 2020-12", "application/schema+json"),
        ]),
      ),
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: TOKENS } },
      schemas: componentSchemas(),
    },
  };
}

const wait = query("wait", { const: "published" }, "Answer only when the documents are written");
const strict = query("strict", { type: "boolean" }, "Refuse a record that would be taken with warnings");
const dryRun = query("dry-run", { type: "boolean" }, "Change nothing, and answer what would change");
const encoding = {
  ...header("Content-Encoding", "How the body is packed. Unpacked it must be as small as an unpacked one."),
  schema: { enum: ["identity", "gzip", "br"] },
};
const idSchema = { type: "string", minLength: 1, maxLength: MAX_ID_FORM };
const id = { name: "id", in: "path", required: true, schema: idSchema };
const WITHDRAWING = "A kill that is kept, while documents may still show the article: they are written next";
const record = { anyOf: [ref("Article"), ref("WithdrawnArticle")] };

const ON_AWS = `A wire on AWS takes bodies of up to ${MAX_DEPLOYED_BODY_BYTES} bytes as NDJSON or packed, and answers 413 to more, with a body of its own.`;

function articlesPath() {
  const ndjson = ["application/x-ndjson", "application/ndjson", "application/jsonl"];
  return {
    post: {
      summary: "Send one article or many in one stream",
      description: `Up to ${MAX_STREAM_RECORDS} records; good ones are kept when others are bad. One answer each, in order: 403 for a record that the token may not send. ${ON_AWS}`,
      security: security("write", "withdraw"),
      parameters: [wait, strict, dryRun, encoding],
      requestBody: {
        required: true,
        description: "One record, an array, or a record a line: whichever it is, by its content",
        content: {
          ...content({ anyOf: [...record.anyOf, { type: "array", items: record }] }),
          ...content(record, ndjson),
        },
      },
      responses: {
        200: {
          description:
            "An array of answers to application/json, also to one record; NDJSON to the other types",
          content: {
            ...content({ type: "array", items: ref("Answer") }),
            ...content(ref("Answer"), ["application/x-ndjson"]),
          },
        },
        ...problems("malformed", "unauthorized", "forbidden", "too-large", "unsupported-media-type"),
      },
    },
  };
}

function articlePath() {
  const accepted = (description: string) => ok(description, ref("Accepted"));
  const writes = problems(
    ...(["malformed", "unauthorized", "forbidden", "precondition-failed", "too-large"] as const),
    ...(["unsupported-media-type", "invalid", "unreadable", "storage", "busy", "unavailable"] as const),
  );
  return {
    parameters: [id],
    get: {
      summary: "The article as the wire has it",
      security: security("read"),
      parameters: [ifMatch, ifNoneMatch],
      responses: {
        200: ok("In normal form", ref("Article")),
        304: { description: "Not modified" },
        ...problems(
          "unauthorized",
          "forbidden",
          "not-found",
          "withdrawn",
          "precondition-failed",
          "unreadable",
        ),
      },
    },
    put: {
      summary: "Send one version of an article",
      description: `At most ${MAX_RECORD_BYTES} bytes. Sending it again changes nothing. A withdrawn record needs the scope withdraw, any other one write.`,
      security: security("write", "withdraw"),
      parameters: [wait, strict, encoding, ifMatch, ifNoneMatch],
      requestBody: { required: true, content: content(record) },
      responses: {
        200: accepted("Updated, scheduled, unchanged, superseded or withdrawn"),
        201: accepted("Created"),
        202: accepted(WITHDRAWING),
        ...writes,
        ...problems("stale", "same-version", "guid-taken"),
      },
    },
    delete: {
      summary: "Withdraw an article",
      security: security("withdraw"),
      parameters: [wait, ifMatch],
      requestBody: { required: false, content: content(ref("Reason")) },
      responses: {
        200: accepted("Withdrawn, or unchanged when it was already: no document shows it"),
        202: accepted(WITHDRAWING),
        ...writes,
        ...problems("not-found"),
      },
    },
  };
}

function placesPath() {
  const responses = {
    200: ok("Its feeds", ref("Places")),
    ...problems("unauthorized", "forbidden", "not-found", "unreadable"),
  };
  return {
    parameters: [id],
    get: {
      summary: "The feeds that the article belongs to or has left",
      security: security("read"),
      responses,
    },
  };
}

/** What is the same for everybody until the next deployment. */
function page(summary: string, description: string, type: string) {
  const responses = {
    200: ok(description, {}, [type]),
    304: { description: "Not modified" },
    ...problems("precondition-failed"),
  };
  return { get: { summary, parameters: [ifMatch, ifNoneMatch], responses } };
}
