import type { ArticleInput } from "../../src/core/article.ts";
import type { Feed } from "../../src/core/feed.ts";
import type { Shown } from "../../src/core/record.ts";
import type { Site } from "../../src/core/site.ts";
import { versionOf } from "../../src/core/version.ts";
import { ALL_FEED, accepted, byId, TEST_SITE, windowOf, withdrawn } from "../support/articles.ts";
import everyField from "./records/every-field.json" with { type: "json" };
import headlineOnly from "./records/headline-only.json" with { type: "json" };
import summit from "./records/us-nkorea-second-summit.json" with { type: "json" };

/* The records behind the golden documents. The summit story is from Voice of America, in the public domain. */

export const EVERY_FIELD = everyField as ArticleInput;

export const SUMMIT = accepted(summit as ArticleInput);
export const HEADLINE_ONLY = accepted(headlineOnly as ArticleInput);
/** A second content came under its version. */
const FLASH: Shown = {
  ...HEADLINE_ONLY,
  version: versionOf({ article: HEADLINE_ONLY, feeds: [], edition: 2 }),
};
const KILLED = [
  withdrawn({ id: "killed" }),
  withdrawn({
    id: "killed-too",
    guid: "not an IRI & more",
    updated: "2018-10-09T00:00:00.000Z",
    reason: "Nobody outside reads this.",
    notice: "It named the wrong <person> & ]]> place.\nWe apologise.",
  }),
];

/** Everything that a newsroom can say about itself. */
const RICH_SITE: Site = {
  ...TEST_SITE,
  description: "News & views from <example.org>",
  copyright: "© The Example Times & friends",
  icon: "https://news.example.org/icon.png?a=1&b=2",
  logo: "https://news.example.org/logo.png?a=1&b=2",
  hubs: ["https://hub.example.org/?a=1&b=2", "https://hub.example.net/"],
};

/** A newsroom that says what machines may do, and a story that allows less. */
const RIGHTS_SITE: Site = {
  ...TEST_SITE,
  rights: {
    syndication: "https://news.example.org/licences/syndication?a=1&b=2",
    training: "https://news.example.org/licences/training?a=1&b=2",
    answers: "deny",
    search: "allow",
  },
};

const SECTION: Feed = { name: "section/usa", title: "{value}", size: 50, order: "published" };

function golden(site: Site, feed: Feed, articles: Parameters<typeof windowOf>[0]) {
  return { site, feed, window: windowOf(articles, feed, site), articles: byId(articles) };
}

export const GOLDEN = {
  summit: golden(TEST_SITE, SECTION, [SUMMIT]),
  everything: golden(RICH_SITE, ALL_FEED, [
    SUMMIT,
    // Records of before the door decoded headlines hold such text, and documents show it as it is.
    { ...accepted(EVERY_FIELD), headline: EVERY_FIELD.headline },
    FLASH,
    ...KILLED,
  ]),
  rights: golden(RIGHTS_SITE, ALL_FEED, [
    HEADLINE_ONLY,
    accepted({
      ...(headlineOnly as ArticleInput),
      id: "less",
      guid: "less at news.example.org",
      rights: { usage: { training: "deny" } },
    }),
  ]),
  empty: golden(TEST_SITE, { ...SECTION, name: "section/北朝鮮" }, []),
};
