import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { LOG_PREFIXES } from "../../core/keys.ts";
import { logOutputOf } from "../../render/outputs.ts";
import type { Services } from "../../services.ts";
import type { Documents } from "../documents.ts";
import { keyAt } from "../key-at.ts";
import { route } from "../route.ts";
import { preflight } from "../stored-document.ts";

export const LOG_PATHS = LOG_PREFIXES.map((prefix) => `/${prefix}*`);

/** Stories and the change log, for everybody: as publishing has stored them; the query changes nothing. */
export function logRoutes(app: Hono, services: Services, documents: Documents): void {
  for (const path of LOG_PATHS) {
    route(app, services, path, { GET: (c) => getLogged(services, documents, c.req.raw), OPTIONS: preflight });
  }
}

async function getLogged(services: Services, documents: Documents, request: Request): Promise<Response> {
  const place = logOutputOf(keyAt(new URL(request.url).pathname) ?? "");
  if (place === undefined) throw notFound();
  const links = [`<${services.site.origin}/${place.key}>; rel="self"`];
  const answer = await documents.answer(request, { place, links });
  if (answer === undefined) throw notFound();
  return answer;
}

/** A story that waits and a story that nobody ever sent get the same answer. */
function notFound(): FlashwireError {
  return new FlashwireError(
    "not-found",
    "There is no such document, or nothing has been published in it yet.",
  );
}
