import type { Hono } from "hono";
import { isListed } from "../../core/directory.ts";
import { FlashwireError } from "../../core/errors.ts";
import { directoryKey } from "../../core/keys.ts";
import { directoryPages } from "../../render/directory.ts";
import { directoryOutput } from "../../render/outputs.ts";
import type { Services } from "../../services.ts";
import type { Documents } from "../documents.ts";
import { route } from "../route.ts";

/** The list of feeds at the address that people type. Its pages have addresses of their own, among the documents. */
export function directoryRoutes(app: Hono, services: Services, documents: Documents): void {
  route(app, services, "/feeds", { GET: ({ req }) => getDirectory(services, documents, req.raw, 1) });
}

/** A page of the list of feeds, as upkeep has written it. Throws `not-found`, and `malformed` for `?after=`. */
export async function getDirectory(
  services: Services,
  documents: Documents,
  request: Request,
  page: number,
): Promise<Response> {
  if (new URL(request.url).searchParams.has("after")) throw pagesHaveAddresses();
  const answer = await answerPage(services, documents, request, page);
  if (answer === undefined) throw new FlashwireError("not-found", "The list of feeds has no such page.");
  return answer;
}

async function answerPage(
  services: Services,
  documents: Documents,
  request: Request,
  page: number,
): Promise<Response | undefined> {
  const place = directoryOutput(page);
  const links = [`<${services.site.origin}/${place.key}>; rel="self"`];
  const stored = await documents.answer(request, { place, links });
  return stored ?? (page === 1 ? unwritten(services) : undefined);
}

/** Before upkeep has written the list for the first time, it is that of the site file. */
function unwritten({ site }: Services): Response {
  const names = site.feeds.map(({ name }) => name).filter((name) => isListed(site, name));
  const [first] = directoryPages(
    site,
    names.map((name) => ({ name })),
  );
  return new Response(Buffer.from(first?.body ?? []).toString(), {
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
  });
}

/** The version before answered one page of the list here. The first page as an answer would send a program in a circle. */
function pagesHaveAddresses(): FlashwireError {
  const detail = `The list of feeds takes no "after" any more. Begin with /${directoryKey(1)} and follow "next".`;
  return new FlashwireError("malformed", detail);
}
