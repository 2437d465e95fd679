import { isIP } from "node:net";
import { resolveFeed } from "../core/feed.ts";
import { documentUrl, FEEDS } from "../core/keys.ts";
import type { Site } from "../core/site.ts";
import { placeOf } from "../fetch/addresses.ts";
import { BREAKING_CACHE, DOCUMENT_CACHE } from "../render/format.ts";

/** A document that a hub can be told of. */
export type Topic = {
  /** Its key in the public bucket. */
  key: string;
  /** Its public address: what WebSub calls the topic. */
  url: string;
  /** Milliseconds after a change for which a cache in between may answer with what was there before. */
  settlesMs: number;
};

/**
 * The topic behind the key of a document; undefined for what no hub hears of: feeds that this site does not have, and those
 * whose names begin with `_`, which are for nobody outside. Whether the last segment is that of a document, the caller knows.
 */
export function topicOf(site: Site, key: string): Topic | undefined {
  const [feed, file] = splitKey(key);
  const resolved = feed.startsWith("_") ? undefined : resolveFeed(site, feed);
  if (resolved === undefined) return undefined;
  const cache = resolved.ofBreaking ? BREAKING_CACHE : DOCUMENT_CACHE;
  return { key, url: documentUrl(site.origin, feed, file), settlesMs: settlesMs(cache) };
}

function splitKey(key: string): [feed: string, file: string] {
  const end = key.lastIndexOf("/");
  return key.startsWith(FEEDS) ? [key.slice(FEEDS.length, end), key.slice(end + 1)] : ["", ""];
}

/** A cache answers what it has for `max-age`, and once more while it asks again (RFC 9111 §5.2.2.1, RFC 5861 §3). */
export function settlesMs(cacheControl: string): number {
  const secondsOf = (name: string) => Number(new RegExp(`\\b${name}=(\\d+)`).exec(cacheControl)?.[1] ?? 0);
  return (secondsOf("max-age") + secondsOf("stale-while-revalidate")) * 1_000;
}

/** Names that no server of somebody else resolves (RFC 6761 §6.3, RFC 6762 §3, RFC 8375, and names without a domain). */
const LOCAL_NAME = /^[^.]+$|(^|\.)(localhost|local|internal|home\.arpa|test|invalid)$/;

/** Whether a hub on the Internet may reach documents at this origin. A name is not looked up. */
export function isReachable(origin: string): boolean {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? !LOCAL_NAME.test(host.replace(/\.$/, "")) : placeOf(host).reach === "public";
}
