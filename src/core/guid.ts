import { ARTICLE_ID } from "./article.ts";
import { FlashwireError } from "./errors.ts";
import type { Site } from "./site.ts";

/**
 * What readers know an article by that brings no guid, and in Atom one whose guid is no IRI: a tag URI (RFC 4151).
 * One article has one id, so no two have the same.
 */
export function defaultGuid(site: Site, id: string): string {
  return `${defaultPrefix(site)}${id}`;
}

/** Throws `invalid` for the default guid of another article, which may come any day. */
export function checkGuid(site: Site, { id, guid = "" }: { id: string; guid?: string }): void {
  const prefix = defaultPrefix(site);
  const owner = guid.slice(prefix.length);
  if (!guid.startsWith(prefix) || owner === id || !ARTICLE_ID.test(owner)) return;
  const detail = `is what readers know article ${owner} by, or will; send this article under that id or another guid`;
  throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/guid", detail }]);
}

function defaultPrefix({ authority, year }: Site): string {
  return `tag:${authority},${year}:article/`;
}
