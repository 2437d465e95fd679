import type { Hono } from "hono";
import { EXTENSION_PATH } from "../../core/extension.ts";
import { md5Etag } from "../../store/etag.ts";
import { isKnown } from "../conditions.ts";
import { extensionPage } from "../extension-page.ts";
import { createHealth } from "../health.ts";
import { openApi } from "../openapi/document.ts";
import { type Deps, route } from "../route.ts";
import { SCHEMA_FILES } from "../schemas.ts";

const SHARED = { "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*" };

/** What there is to know about this wire, for everybody. */
export function aboutRoutes(app: Hono, deps: Deps): void {
  const { services } = deps;
  const pages: [path: string, type: string, text: () => string][] = [
    ["/openapi.json", "application/json", () => jsonText(openApi(services.site))],
    [EXTENSION_PATH, "text/html; charset=utf-8", () => extensionPage(services.site)],
    ...Object.entries(SCHEMA_FILES).map(([file, schema]): (typeof pages)[number] => [
      `/schemas/${file}`,
      "application/schema+json",
      () => jsonText(schema()),
    ]),
  ];
  for (const [path, type, text] of pages) {
    route(app, services, path, { GET: ({ req }) => shared(req.raw, text(), type) });
  }
  route(app, services, "/healthz", { GET: createHealth(deps) });
}

/** For everybody, with an ETag for the next request. */
function shared({ headers }: Request, text: string, type = "application/json"): Response {
  const etag = md5Etag(Buffer.from(text));
  const tagged = { ...SHARED, ETag: etag };
  if (isKnown(headers, etag)) return new Response(null, { status: 304, headers: tagged });
  return new Response(text, { headers: { ...tagged, "Content-Type": type } });
}

const jsonText = (value: object) => `${JSON.stringify(value)}\n`;
