import { createHash } from "node:crypto";
import { articleId, decodeArticleId } from "../core/article-id.ts";

/** A guid that a wire made by itself: tag:AUTHORITY,YEAR:article/FORM (RFC 4151). */
const OF_A_WIRE = /^tag:[a-z0-9.-]+,\d{4}:article\/(.+)$/;

/**
 * The id under which an article of a feed is kept: the id that a wire gave it where the guid tells it, else the guid
 * itself, and a digest of it where it is too long for an id. The same guid always makes the same id.
 */
export function idOfGuid(guid: string, prefix = ""): string {
  const form = OF_A_WIRE.exec(guid)?.[1];
  const own = form === undefined ? undefined : decodeArticleId(form);
  return articleId(`${prefix}${own ?? guid}`) ?? `${prefix}${digestOf(guid)}`;
}

/** 128 bits of SHA-256, for what has no name that can be kept. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
