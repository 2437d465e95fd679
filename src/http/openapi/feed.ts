import type { Format } from "../../render/format.ts";
import { ifMatch, ifModified, ifNoneMatch, ifUnmodified, ok, problems } from "./parts.ts";

/** The addresses of one format of every feed. */
export function documentPath({ file, forPeople, contentType }: Format) {
  const [type = ""] = contentType.split(";");
  const feed = {
    name: "feed",
    in: "path",
    required: true,
    schema: { type: "string" },
    description: "`all`, or a family and its value with a slash between: `section/usa`",
  };
  return {
    parameters: [feed],
    get: {
      summary: forPeople ? "The feed as a page for people" : `The feed as ${file}`,
      parameters: [ifNoneMatch, ifModified, ifMatch, ifUnmodified],
      responses: {
        200: ok("The document; gzip or br as the client likes", {}, [type]),
        301: { description: "The feed has another name now: `Location` has its address, with the query" },
        304: { description: "Not modified" },
        ...problems("not-found", "removed", "precondition-failed"),
      },
    },
  };
}

/** A file that pages load. */
export function assetPath() {
  const file = { name: "file", in: "path", required: true, schema: { type: "string" } };
  return {
    parameters: [file],
    get: {
      summary: "A file that pages load: its name follows from its bytes",
      parameters: [ifNoneMatch, ifModified, ifMatch, ifUnmodified],
      responses: {
        200: ok("The file", {}, ["text/css", "text/javascript", "image/svg+xml"]),
        304: { description: "Not modified" },
        ...problems("not-found", "precondition-failed"),
      },
    },
  };
}
