import { type AnyFeed, parseFeed } from "feedsmith";
import { FlashwireError } from "../../core/errors.ts";
import { isObject, listIn, objectOf, textIn } from "../json.ts";
import { atomChannel, atomEntry, baseOf } from "./atom-entry.ts";
import { deletedIn } from "./deleted.ts";
import type { Feed } from "./entry.ts";
import { jsonChannel, jsonEntry } from "./json-entry.ts";
import { rssChannel, rssEntry } from "./rss-entry.ts";

/**
 * Reads a feed in RSS 0.9 to 2.0, RDF, Atom or JSON Feed. `address` is where it was found: relative addresses are relative
 * to it. Throws `malformed` for what is no feed.
 */
export function readFeed(document: string, address: string): Feed {
  const feed = read(document, address);
  const gone = new Set(feed.withdrawn);
  // A wire leaves a stub in the place of a withdrawn article.
  const entries = feed.entries.map((entry) =>
    gone.has(entry.guid ?? "") ? { ...entry, extension: { ...entry.extension, withdrawn: true } } : entry,
  );
  return { ...feed, entries };
}

function read(document: string, address: string): Feed {
  if (/^\s*\{/.test(document)) return readJson(document, address);
  const { format, feed } = parsed(document);
  if (format === "atom") {
    const base = baseOf(feed.xml?.base, address);
    return {
      channel: atomChannel(feed),
      entries: (feed.entries ?? []).map((entry) => atomEntry(entry, base)),
      withdrawn: deletedIn(document),
      ...olderOf(feed.links, base),
    };
  }
  if (format === "json") throw noFeed();
  // Addresses in RSS are absolute by the specification; where they are not, they are relative to the website.
  const base = baseOf(feed.link, address);
  return {
    channel: rssChannel(feed),
    entries: (feed.items ?? []).map((item) => rssEntry(item, baseOf(item.xml?.base, base))),
    withdrawn: deletedIn(document),
    ...olderOf(feed.atom?.links, address),
  };
}

function parsed(document: string): AnyFeed<string> {
  try {
    return parseFeed<string>(document);
  } catch (cause) {
    if (!LOOKS_LIKE_ONE.test(document.slice(0, 2_000))) throw noFeed(cause);
    try {
      return parseFeed<string>(withMarkup(document));
    } catch {
      const message = "The feed cannot be read: its XML is cut off, or broken in a way that nobody can mend.";
      throw new FlashwireError("malformed", message, [], { cause });
    }
  }
}

const LOOKS_LIKE_ONE = /<(?:rss|rdf:RDF|feed|\w+:feed)\b/i;

/** `<` that begins no element, comment or declaration, outside of CDATA: somebody did not escape a text. */
function withMarkup(document: string): string {
  const parts = document.split(/(<!\[CDATA\[[\s\S]*?\]\]>)/);
  return parts.map((part, i) => (i % 2 === 1 ? part : part.replace(/<(?![a-z_!?/])/gi, "&lt;"))).join("");
}

function readJson(document: string, address: string): Feed {
  const feed = jsonOf(document);
  if (!isObject(feed) || !Array.isArray(feed.items)) throw noFeed();
  const next = typeof feed.next_url === "string" ? URL.parse(feed.next_url, address)?.href : undefined;
  return {
    channel: jsonChannel(feed),
    entries: feed.items.filter(isObject).map((item) => jsonEntry(item, address)),
    withdrawn: listIn(objectOf(feed._flashwire).deleted).flatMap((one) => textIn(objectOf(one).id) ?? []),
    ...(next === undefined ? {} : { older: next }),
  };
}

function jsonOf(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch (cause) {
    throw noFeed(cause);
  }
}

/** Pages (RFC 5005 §3) and archives (§4). */
function olderOf(links: { rel?: string; href?: string }[] = [], base: string): { older?: string } {
  const link = ["prev-archive", "next"].map((rel) => links.find((one) => one.rel === rel)).find(Boolean);
  const older = link?.href === undefined ? undefined : URL.parse(link.href, base)?.href;
  return older === undefined ? {} : { older };
}

function noFeed(cause?: unknown): FlashwireError {
  const message = "This is no feed: it is neither RSS, RDF, Atom nor JSON Feed.";
  return new FlashwireError("malformed", message, [], { cause });
}
