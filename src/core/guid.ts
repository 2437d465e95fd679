import { decodeArticleId, encodeArticleId } from "./article-id.ts";
import { FlashwireError } from "./errors.ts";
import { firstName } from "./renames.ts";
import type { Site } from "./site.ts";

/**
 * What readers know an article by that brings no guid, and in Atom one whose guid is no IRI: a tag URI (RFC 4151).
 * One article has one id, so no two have the same.
 */
export function defaultGuid(site: Site, id: string): string {
  return `${spaceOf(site)}article/${encodeArticleId(id)}`;
}

/** What readers know a feed by. A feed that is renamed keeps the id of its first name (RFC 4287 §4.2.6). */
export function feedId(site: Site, name: string): string {
  return `${spaceOf(site)}feed/${firstName(site, name).split("/").map(encodeURIComponent).join("/")}`;
}

/** Throws `invalid` for the default guid of another article, or of a feed, which may come any day. */
export function checkGuid(site: Site, { id, guid = "" }: { id: string; guid?: string }): void {
  const space = spaceOf(site);
  if (!guid.startsWith(space)) return;
  const [kind, ...rest] = guid.slice(space.length).split("/");
  const form = rest.join("/");
  if (kind === "feed" && rest.length > 0)
    refuse("is the identifier of a feed, or may become one; send another guid");
  if (kind !== "article" || form === encodeArticleId(id)) return;
  const owner = decodeArticleId(form);
  if (owner === undefined) return;
  refuse(
    `is what readers know article ${owner} by, or will; send this article under that id or another guid`,
  );
}

function refuse(detail: string): never {
  throw new FlashwireError("invalid", "The record is not valid.", [{ pointer: "#/guid", detail }]);
}

function spaceOf({ authority, year }: Site): string {
  return `tag:${authority},${year}:`;
}
