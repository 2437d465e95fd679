import { homeOutput, SITE_OUTPUTS, sitemapOutput } from "../../render/outputs.ts";
import { ok, problems, ref } from "./parts.ts";

/**
 * The addresses of the list of feeds, those which people type and those of its pages, and of the documents at the root of the wire.
 * `parameters` are conditions.
 */
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
  const home = homeOutput();
  return {
    "/feeds": { get },
    "/feeds/index.json": { get },
    "/feeds/index-{page}.json": { parameters: [page], get },
    ...Object.fromEntries(["/", `/${home.key}`].map((path) => [path, siteDocument(home, parameters)])),
    ...Object.fromEntries(
      [...SITE_OUTPUTS, sitemapOutput()].map((place) => [`/${place.key}`, siteDocument(place, parameters)]),
    ),
  };
}

function siteDocument({ key, contentType }: ReturnType<typeof homeOutput>, parameters: object[]) {
  const [type = ""] = contentType.split(";");
  const responses = {
    200: ok("The document; gzip or br as the client likes", {}, [type]),
    304: { description: "Not modified" },
    ...problems("not-found", "precondition-failed"),
  };
  return { get: { summary: `/${key}, where the wire has one`, parameters, responses } };
}
