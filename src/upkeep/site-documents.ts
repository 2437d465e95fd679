import pMap from "p-map";
import type { Listing } from "../core/directory.ts";
import { SITE_OUTPUTS } from "../render/outputs.ts";
import { siteDocuments } from "../render/site-documents.ts";
import { isStored, putDocument, type SeenDocument } from "../repository/documents.ts";
import { CONCURRENCY } from "../store/limits.ts";
import { CONFLICT } from "../store/port.ts";
import type { UpkeepDeps } from "./deps.ts";

/** The documents at the root of the wire as they are stored, by their keys. */
export type SeenSite = ReadonlyMap<string, SeenDocument | undefined>;

/** To be called before the windows are listed, as `writeDirectory` reads its pages. */
export async function seeSite({ stores }: UpkeepDeps): Promise<SeenSite> {
  const heads = await pMap(
    SITE_OUTPUTS,
    async ({ key }) => [key, await stores.published.head(key)] as const,
    {
      concurrency: CONCURRENCY,
    },
  );
  return new Map(heads);
}

/** Writes those documents that are not as they should be, and removes those that the site does not have. Answers how many. */
export async function writeSite(
  deps: UpkeepDeps,
  seenSite: SeenSite,
  listings: Listing[],
): Promise<number | typeof CONFLICT> {
  let written = 0;
  for (const { place, body } of siteDocuments(deps.site, listings)) {
    const seen = seenSite.get(place.key);
    if (body === undefined ? seen === undefined : isStored(deps, place, body, seen)) continue;
    const done =
      body !== undefined
        ? await putDocument(deps, place, body, seen)
        : await deps.stores.published.delete(place.key, { ifMatch: seen?.etag ?? "" });
    if (done === CONFLICT) return CONFLICT;
    written++;
  }
  return written;
}
