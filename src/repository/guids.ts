import { createHash } from "node:crypto";
import type { Article } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { defaultGuid } from "../core/guid.ts";
import type { Site } from "../core/site.ts";
import { CONFLICT, type StoredObject } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { getStored, parseStored } from "./stored-json.ts";

export const GUIDS = "guids/";
/** By the SHA-256 of the guid: a guid may be longer than a key. */
const guidKey = (sha256: string) => `${GUIDS}${sha256}.json`;

/**
 * Readers merge two articles with one guid and lose a story. So the first article that brings a guid of its own claims
 * it, for good, before its first version is written; later versions have the same guid and claim nothing. CONFLICT: the
 * store could not say. Throws `guid-taken`.
 *
 * A claim may be left without its record, by a crash or a failed write: no reader has seen that guid, and the sender,
 * who has had no answer, sends the article again and finds the claim its own.
 */
export async function claimGuid(
  { site, stores: { newsroom } }: { site: Site; stores: Stores },
  { id, guid }: Article,
): Promise<typeof CONFLICT | undefined> {
  // The default guid is derived from the id and reserved for it, so it needs no claim.
  if (guid === defaultGuid(site, id)) return undefined;
  const key = guidKey(createHash("sha256").update(guid).digest("hex"));
  const etag = await newsroom.put(key, Buffer.from(`${JSON.stringify({ guid, id })}\n`), {
    condition: { ifNoneMatch: "*" },
    contentType: "application/json",
  });
  if (etag !== CONFLICT) return undefined;
  const stored = await getStored(newsroom, key);
  return stored === undefined ? CONFLICT : refuseOther(key, stored, id);
}

/** As `claimGuid`, without claiming: throws `guid-taken` where another article has the guid. */
export async function checkClaim(
  { site, stores: { newsroom } }: { site: Site; stores: Stores },
  { id, guid }: Article,
): Promise<void> {
  if (guid === defaultGuid(site, id)) return;
  const key = guidKey(createHash("sha256").update(guid).digest("hex"));
  const stored = await getStored(newsroom, key);
  if (stored !== undefined) refuseOther(key, stored, id);
}

function refuseOther(key: string, stored: StoredObject, id: string): undefined {
  const holder = parseStored<{ id: string }>(key, stored, (claim) => typeof claim.id === "string");
  if (holder.id === id) return undefined;
  throw new FlashwireError("guid-taken", `The guid belongs to article ${holder.id} already.`, [
    { pointer: "#/guid", detail: `is what readers know article ${holder.id} by` },
  ]);
}
