import type { Site } from "../../core/site.ts";
import type { Channel, DocumentLink } from "../channel.ts";
import { type Wording, wordingOf } from "../words/choose.ts";
import { say, sayCount } from "../words/say.ts";
import { fixed } from "./fixed.ts";
import { dataBlock, html, isolated, type Markup, NOTHING } from "./markup.ts";
import { nameOf } from "./shell.ts";

/** Where a click adds an address to a feed reader; the address is appended, encoded. */
const READERS = [
  { name: "Feedly", at: "https://feedly.com/i/subscription/feed%2F" },
  { name: "Inoreader", at: "https://www.inoreader.com/?add_feed=" },
  { name: "NewsBlur", at: "https://www.newsblur.com/?url=" },
  { name: "Feedbin", at: "https://feedbin.com/?subscribe=" },
  { name: "The Old Reader", at: "https://theoldreader.com/feeds/subscribe?url=" },
];

/** What a foot depends on: no article of the feed changes any of it. */
type Fixed = Pick<Channel, "site" | "language" | "ttl" | "documents">;

/** Everything behind the last story, as HTML. */
export function foot({ site, language, ttl, documents }: Fixed): string {
  // An address of a document tells its feed and its format.
  const dependsOn = ["foot", language, ttl, ...documents.map(({ url }) => url)];
  return fixed(site, dependsOn, () => makeFoot({ site, language, ttl, documents })).toString();
}

function makeFoot({ site, language, ttl, documents }: Fixed): Markup {
  const wording = wordingOf(language);
  const { words, counts } = wording;
  return html`
</section>
</div>
${follow({ documents, ttl }, wording)}
</div>
</main>
${footer(site, wording)}
${dataBlock("application/json", { newStories: counts.newStories, copied: words.copied })}
</body>
</html>
`;
}

function follow({ documents, ttl }: Pick<Fixed, "documents" | "ttl">, wording: Wording): Markup {
  const { words } = wording;
  const feeds = documents.filter(({ forPeople }) => !forPeople);
  const [first] = feeds;
  if (first === undefined) return NOTHING;
  return html`<aside class="follow" id="follow" aria-labelledby="follow-title">
<h2 id="follow-title">${words.subscribe}</h2>
<p>${words.feedExplained}</p>
<ul class="readers">${readersOf(first, wording)}</ul>
<h3>${words.formats}</h3>
<ul class="addresses">${feeds.map((feed) => addressOf(feed, wording))}</ul>
<p class="small">${sayCount(wording, "interval", ttl)}</p>
</aside>`;
}

/** The program that the reader's system opens feeds with, then those that work in any browser. */
function readersOf({ url }: DocumentLink, wording: Wording): Markup[] {
  const others = READERS.map(
    ({ name, at }) =>
      html`<li><a href="${at}${encodeURIComponent(url)}" aria-label="${say(wording, "subscribeIn", { reader: name })}">${name}</a></li>`,
  );
  return [html`<li><a class="own" href="feed:${url}">${wording.words.subscribe}</a></li>`, ...others];
}

/** The button is shown where a script can copy. */
function addressOf({ title, url }: DocumentLink, { words }: Wording): Markup {
  return html`<li><a href="${url}"><b>${title}</b> <span dir="ltr">${url}</span></a><button type="button" class="copy" data-copy="${url}" aria-label="${words.copyAddress}: ${title}" hidden>${words.copyAddress}</button></li>`;
}

/** Who answers for the page. */
export function footer(site: Site, { words }: Wording): Markup {
  const { look = {}, publisher, home, copyright } = site;
  const list = (look.links ?? []).map(
    ({ label, url }) => html`<li><a href="${url}">${isolated(label)}</a></li>`,
  );
  return html`<footer class="foot"><div class="wrap"><a class="brand" href="${publisher.url ?? home}">${isolated(nameOf(site))}</a>${
    list.length === 0 ? NOTHING : html`<nav aria-label="${words.imprint}"><ul>${list}</ul></nav>`
  }${look.imprint === undefined ? NOTHING : html`<p class="imprint">${isolated(look.imprint)}</p>`}${
    copyright === undefined ? NOTHING : html`<p class="small">${isolated(copyright)}</p>`
  }</div></footer>`;
}
