import type { Listing } from "../../core/directory.ts";
import type { Site } from "../../core/site.ts";
import type { FeedChannel } from "../channel.ts";
import { HOME_STORIES } from "../limits.ts";
import type { Piece } from "../piece.ts";
import { type Wording, wordingOf } from "../words/choose.ts";
import { feedPanel } from "./feed-list.ts";
import { footer } from "./foot.ts";
import { dataBlock, html, isolated, type Markup, NOTHING, phrase, raw } from "./markup.ts";
import { listOpening, nameOf, opening } from "./shell.ts";
import { timeElement } from "./time.ts";

/** A feed with its stories as the pages have them, in its order. */
type Stories = { channel: FeedChannel; pieces: Piece[] };

/** What the page at the root shows; `urgent`: the feed of breaking news, where the site file has one. */
export type Home = Stories & { urgent?: Stories; listings: Listing[] };

/** The page at the root of the wire: what is breaking, the latest stories, and where all feeds are. */
export function homePage({ channel, pieces, urgent, listings }: Home): string {
  const { site, language } = channel;
  const wording = wordingOf(language);
  const { words, counts } = wording;
  const bar = (urgent?.pieces ?? pieces).flatMap(({ bar = [] }) => bar);
  const name = nameOf(site);
  const shell = {
    ...{ site, language, bar, title: name, shared: channel.title, documents: channel.documents },
    description: site.description ?? name,
    url: `${site.origin}/`,
    unseen: [channel.unseen, urgent?.channel.unseen].flatMap((digest) => digest ?? []),
  };
  const said = {
    ...{ newStories: counts.newStories, feeds: counts.feeds },
    ...{ copied: words.copied, copyAddress: words.copyAddress, noFeedMatches: words.noFeedMatches },
  };
  return html`${opening(shell)}${listOpening(title(channel, wording), wording)}${pieces.length === 0 ? html`<p class="empty">${words.empty}</p>` : NOTHING}${stories(pieces)}
</section>
${whole(channel)}</div>
${feedPanel(site, listings, wording)}
</div>
</main>
${footer(site, wording)}
${dataBlock("application/json", said)}
</body>
</html>
`.toString();
}

function title({ site, updated, count }: FeedChannel, wording: Wording): Markup {
  const change = phrase(wording, "lastChange", { time: timeElement(updated) });
  return html`<div class="title"><h1>${isolated(nameOf(site))}</h1>${lede(site)}<p class="status">${
    count === 0 ? NOTHING : html`<span class="change">${change}</span>`
  }<a class="button" href="#feeds">${wording.words.allFeeds}</a></p></div>`;
}

function lede({ description }: Site): Markup {
  return description === undefined ? NOTHING : html`<p class="lede">${isolated(description)}</p>`;
}

function stories(pieces: Piece[]): Markup {
  const shown = pieces.slice(0, HOME_STORIES).map(({ bytes }) => bytes);
  return raw(Buffer.concat(shown).toString());
}

/** The way to all stories. */
function whole({ documents, heading, count }: FeedChannel): Markup {
  const own = documents.find(({ forPeople }) => forPeople);
  if (own === undefined || count === 0) return NOTHING;
  return html`<p class="more"><a class="button" href="${new URL(own.url).pathname}">${heading}</a></p>\n`;
}
