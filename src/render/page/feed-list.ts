import { type Listing, titleOf } from "../../core/directory.ts";
import { resolveFeed } from "../../core/feed.ts";
import { OPML_KEY } from "../../core/keys.ts";
import type { FeedFamily, Site } from "../../core/site.ts";
import { clean } from "../clean-record.ts";
import { documentLinks } from "../outputs.ts";
import type { Wording } from "../words/choose.ts";
import type { Word } from "../words/language.ts";
import { html, type Markup, NOTHING } from "./markup.ts";

/** A feed as lists for people name it. `page` is a path, `address` what is subscribed to; both are the same without a page. */
export type Listed = { title: string; page: string; address: string };

/** Undefined for a feed that has no document. */
export function listedFeed(site: Site, listing: Listing): Listed | undefined {
  const feed = resolveFeed(site, listing.name);
  if (feed === undefined) return undefined;
  const documents = documentLinks(site.origin, feed);
  const first = documents.find(({ forPeople }) => !forPeople) ?? documents[0];
  if (first === undefined) return undefined;
  const page = documents.find(({ forPeople }) => forPeople) ?? first;
  const title = titleOf(feed, listing);
  return clean({ title, page: new URL(page.url).pathname, address: first.url });
}

/** What families are called, by what makes their feeds. */
const KINDS = { section: "sections", language: "languages", tag: "topics" } satisfies Record<
  FeedFamily["by"],
  Word
>;

/** Where the feeds are, how to search them, and what one does with a feed. */
export function feedPanel(site: Site, listings: Listing[], wording: Wording): Markup {
  const { words } = wording;
  const fixed = listings.filter(({ name }) => site.feeds.some((feed) => feed.name === name));
  return html`<aside class="follow feeds" id="feeds" aria-labelledby="feeds-title">
<h2 id="feeds-title">${words.allFeeds}</h2>
<p>${words.feedExplained}</p>
<p class="file"><a href="/${OPML_KEY}">${words.feedsFile}</a></p>
<div class="search" id="search" hidden><input type="search" aria-label="${words.searchFeeds}" placeholder="${words.searchFeeds}" autocomplete="off" spellcheck="false"><p class="small" role="status"></p><ul class="rows"></ul></div>
<div id="listed">
${rows(site, fixed, wording)}
${site.families.map((family) => familyOf(site, family, listings, wording))}</div>
</aside>`;
}

function familyOf(site: Site, { family, by }: FeedFamily, listings: Listing[], wording: Wording): Markup {
  const own = listings.filter(({ name }) => name.startsWith(`${family}/`));
  if (own.length === 0) return NOTHING;
  return html`<h3>${wording.words[KINDS[by]]}</h3>\n${rows(site, own, wording, by === "language")}\n`;
}

function rows(site: Site, listings: Listing[], { words }: Wording, isOfLanguages = false): Markup {
  const items = listings.map((listing) => {
    const feed = listedFeed(site, listing);
    if (feed === undefined) return NOTHING;
    const { title, page, address } = feed;
    const lang = isOfLanguages ? html` lang="${listing.value ?? ""}"` : NOTHING;
    return html`<li><a class="name" href="${page}"><bdi${lang}>${title}</bdi></a><a class="address" href="${address}" dir="ltr">${address}</a><button type="button" class="copy" data-copy="${address}" aria-label="${words.copyAddress}: ${title}" hidden>${words.copyAddress}</button></li>`;
  });
  return html`<ul class="rows">${items}</ul>`;
}
