import { Parser } from "htmlparser2";
import { FlashwireError } from "../core/errors.ts";
import type { Fetched } from "../fetch/fetch.ts";
import { ask } from "./ask.ts";
import { readFeed } from "./feed/read-feed.ts";
import { textOf } from "./feed/text-of.ts";
import type { Outside, Source } from "./kind.ts";
import type { KindName } from "./kinds.ts";
import { MAX_PAGE_LINKS } from "./limits.ts";
import { jsonOf, restAddress } from "./wordpress/rest.ts";

/** What stands at an address. */
export type Recognised = { kind: KindName; url: string };

/** A link of a page or of the headers of its answer. */
type Link = { rel: string; href: string; type: string; title: string };

/** How a site of WordPress names its REST interface, https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/. */
const WORDPRESS = "https://api.w.org/";

/** Best first: JSON Feed and Atom say more than RSS. */
const FEED_TYPES = [
  "application/feed+json",
  "application/atom+xml",
  "application/rss+xml",
  "application/rdf+xml",
];

/** Where feeds stand on sites that name none. */
const USUAL = ["feed", "feed.json", "feed.xml", "atom.xml", "rss.xml", "index.xml", "rss"];

/**
 * Finds out what the wire can follow at an address that a person typed: a feed, a WordPress site, or the feed that a page names.
 * Throws `not-found` where there is nothing, and what the fetch throws.
 */
export async function recognise(source: Source, outside: Outside): Promise<Recognised> {
  const page = await ask(source, outside, source.url);
  const { url, headers } = page;
  const text = textOf(await page.bytes(), headers.get("content-type") ?? "");
  if (isFeed(text, url)) return { kind: "feed", url };
  const links = [...headerLinks(headers.get("link") ?? ""), ...pageLinks(text)];
  const found =
    (await wordpressOf(source, outside, links, url)) ?? (await feedOf(source, outside, links, url));
  if (found !== undefined) return found;
  const detail = "no feed, no WordPress site, and no page that names a feed";
  throw new FlashwireError("not-found", `${new URL(url).host} has ${detail} at this address.`);
}

async function wordpressOf(
  source: Source,
  outside: Outside,
  links: Link[],
  page: string,
): Promise<Recognised | undefined> {
  const named = links.find(({ rel }) => rel === WORDPRESS)?.href;
  const api = named === undefined ? undefined : URL.parse(named, page);
  const site = api?.searchParams.has("rest_route")
    ? api.href
    : (api?.href.replace(/\/wp-json\/.*$/, "/") ?? new URL("/", page).href);
  const query = new URLSearchParams({ per_page: "1", _fields: "id" });
  try {
    const answer = await ask({ ...source, url: site }, outside, restAddress(site, "/wp/v2/posts", query));
    return Array.isArray(await jsonOf(answer)) ? { kind: "wordpress", url: site } : undefined;
  } catch (error) {
    if (error instanceof FlashwireError) return undefined;
    throw error;
  }
}

async function feedOf(
  source: Source,
  outside: Outside,
  links: Link[],
  page: string,
): Promise<Recognised | undefined> {
  const named = links
    .filter(
      ({ rel, type, title, href }) =>
        rel === "alternate" && FEED_TYPES.includes(type) && !isOfComments(title, href),
    )
    .sort((a, b) => FEED_TYPES.indexOf(a.type) - FEED_TYPES.indexOf(b.type))
    .flatMap(({ href }) => URL.parse(href, page)?.href ?? []);
  const usual = USUAL.map((path) => new URL(path, new URL("/", page)).href);
  for (const url of [...new Set([...named, ...usual])].slice(0, MAX_PAGE_LINKS)) {
    if (await leadsToFeed(source, outside, url)) return { kind: "feed", url };
  }
  return undefined;
}

const isOfComments = (title: string, href: string) => /comment|kommentar/i.test(`${title} ${href}`);

async function leadsToFeed(source: Source, outside: Outside, url: string): Promise<boolean> {
  try {
    const answer: Fetched = await ask(source, outside, url);
    return isFeed(textOf(await answer.bytes(), answer.headers.get("content-type") ?? ""), answer.url);
  } catch (error) {
    if (error instanceof FlashwireError) return false;
    throw error;
  }
}

function isFeed(text: string, url: string): boolean {
  try {
    readFeed(text, url);
    return true;
  } catch (error) {
    if (error instanceof FlashwireError) return false;
    throw error;
  }
}

/** `<https://…>; rel="https://api.w.org/"` (RFC 8288 §3). */
function headerLinks(header: string): Link[] {
  return [...header.matchAll(/<([^>]*)>([^,]*)/g)].map(([, href = "", parameters = ""]) => ({
    href,
    rel: /\brel="?([^";]+)/.exec(parameters)?.[1] ?? "",
    type: /\btype="?([^";]+)/.exec(parameters)?.[1] ?? "",
    title: "",
  }));
}

function pageLinks(html: string): Link[] {
  const links: Link[] = [];
  const parser = new Parser({
    onopentag(name, { rel = "", href, type = "", title = "" }) {
      if (name === "link" && href !== undefined && links.length < MAX_PAGE_LINKS)
        links.push({ rel: rel.trim().toLowerCase(), href, type: type.trim().toLowerCase(), title });
    },
  });
  parser.end(html);
  return links;
}
