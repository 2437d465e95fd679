import { hash } from "node:crypto";
import type { Article } from "../core/article.ts";
import { FlashwireError } from "../core/errors.ts";
import { defaultGuid } from "../core/guid.ts";
import type { Site } from "../core/site.ts";
import { CONFLICT, type StoredObject } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { isSame, listPairs, type Pair } from "./pairs.ts";
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
 * without an answer, sends the article again and finds the claim its own.
 */
export async function claimGuid(
  { site, stores: { newsroom } }: { site: Site; stores: Stores },
  { id, guid }: Article,
): Promise<typeof CONFLICT | undefined> {
  // The default guid is derived from the id and reserved for it, so it needs no claim.
  if (guid === defaultGuid(site, id)) return undefined;
  const key = guidKey(hash("sha256", guid));
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
  const key = guidKey(hash("sha256", guid));
  const stored = await getStored(newsroom, key);
  if (stored !== undefined) refuseOther(key, stored, id);
}

/** The claims of one wire, beside those of another one. */
export function listClaims(
  from: Pick<Stores, "newsroom">,
  to: Pick<Stores, "newsroom">,
): AsyncIterable<Pair> {
  return listPairs(from.newsroom, to.newsroom, GUIDS);
}

/**
 * Copies a claim where nobody has the guid in the other wire. `taken`: another article has it there, or the
 * claim there cannot be read; with the id of the article that claims it here, where that can be read.
 */
export async function copyClaim(
  { newsroom: from }: Pick<Stores, "newsroom">,
  { newsroom: to }: Pick<Stores, "newsroom">,
  { key, isThere }: Pair,
): Promise<{ is: "copied" | "same" } | { is: "taken"; id?: string }> {
  if (isThere && (await isSame(from, to, key))) return { is: "same" };
  const claim = await from.get(key);
  if (claim === undefined) return { is: "same" };
  const options = { condition: { ifNoneMatch: "*" }, contentType: "application/json" } as const;
  if ((await to.put(key, claim.body, options)) !== CONFLICT) return { is: "copied" };
  const [id, holder] = [holderOf(claim), holderOf(await to.get(key))];
  if (id !== undefined && id === holder) return { is: "same" };
  return { is: "taken", ...(id !== undefined && { id }) };
}

function holderOf(stored: StoredObject | undefined): string | undefined {
  try {
    const { id } = JSON.parse(Buffer.from(stored?.body ?? []).toString());
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}

function refuseOther(key: string, stored: StoredObject, id: string): undefined {
  const holder = parseStored<{ id: string }>(key, stored, (claim) => typeof claim.id === "string");
  if (holder.id === id) return undefined;
  throw new FlashwireError("guid-taken", `The guid belongs to article ${holder.id} already.`, [
    { pointer: "#/guid", detail: `is what readers know article ${holder.id} by` },
  ]);
}
