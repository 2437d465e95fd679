import type { Hono } from "hono";
import { FlashwireError } from "../../core/errors.ts";
import { HOME_KEY, SITEMAP_KEY } from "../../core/keys.ts";
import { homeOutput, sitemapOutput } from "../../render/outputs.ts";
import { PAGE_HEADERS } from "../../render/page/policy.ts";
import type { Services } from "../../services.ts";
import type { Documents } from "../documents.ts";
import { route } from "../route.ts";
import { MOVED_CACHE } from "../stored-document.ts";

/** The page at the root of the wire, as the wire has written it; other spellings of its address lead to it. */
export function homeRoutes(app: Hono, services: Services, documents: Documents): void {
  const { origin } = services.site;
  const links = [`<${origin}/>; rel="self"`];
  const get = async ({ req }: { req: { raw: Request } }) => {
    const answer = await documents.answer(req.raw, { place: homeOutput(), links, more: PAGE_HEADERS });
    if (answer === undefined)
      throw new FlashwireError("not-found", "This wire has no page yet. Its feeds are at /feeds.");
    return answer;
  };
  for (const path of ["/", `/${HOME_KEY}`]) route(app, services, path, { GET: get });
  route(app, services, `/${SITEMAP_KEY}`, {
    GET: async ({ req }) => {
      const answer = await documents.answer(req.raw, { place: sitemapOutput(), links: [] });
      if (answer === undefined) throw new FlashwireError("not-found", "This wire has no sitemap yet.");
      return answer;
    },
  });
  for (const path of ["/feeds/", `/feeds/${HOME_KEY}`])
    route(app, services, path, {
      GET: () => {
        const headers = { Location: `${origin}/`, "Cache-Control": MOVED_CACHE };
        return new Response(null, { status: 301, headers });
      },
    });
}
