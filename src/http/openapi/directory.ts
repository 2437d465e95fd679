import { ok, problems, ref } from "./parts.ts";

/** The addresses of the list of feeds: those which people type, and those of its pages. `parameters` are conditions. */
export function directoryPaths(parameters: object[]) {
  const get = {
    summary: "The feeds of this wire",
    parameters,
    responses: {
      200: ok("A page of feeds; the first ones are those of the site file", ref("Directory")),
      304: { description: "Not modified" },
      ...problems("malformed", "not-found", "precondition-failed"),
    },
  };
  const page = { name: "page", in: "path", required: true, schema: { type: "integer", minimum: 2 } };
  return {
    "/feeds": { get },
    "/feeds/index.json": { get },
    "/feeds/index-{page}.json": { parameters: [page], get },
    "/": { get },
  };
}
