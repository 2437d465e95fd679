import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { SITE_OUTPUTS } from "../../render/outputs.ts";
import type { Services } from "../../services.ts";
import type { Documents } from "../documents.ts";
import { route } from "../route.ts";
import { preflight } from "../stored-document.ts";

export const SITE_PATHS = SITE_OUTPUTS.map(({ key }) => `/${key}`);

/** The documents at the root of the wire, as upkeep has written them, for everybody. */
export function siteRoutes(app: Hono, services: Services, documents: Documents): void {
  for (const place of SITE_OUTPUTS) {
    const links = [`<${services.site.origin}/${place.key}>; rel="self"`];
    const get = async ({ req }: { req: { raw: Request } }) => {
      const answer = await documents.answer(req.raw, { place, links });
      if (answer === undefined) throw new FlashwireError("not-found", "This wire has no such document.");
      return answer;
    };
    route(app, services, `/${place.key}`, { GET: get, OPTIONS: preflight });
  }
}
