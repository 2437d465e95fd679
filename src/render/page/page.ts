import type { Channel } from "../channel.ts";
import { DOCUMENT_CACHE, type Format } from "../format.ts";
import { foot } from "./foot.ts";
import { head } from "./head.ts";
import { barItem, story, withdrawnStory } from "./story.ts";

/** The page of a feed, for people: HTML that a browser shows without any script. */
export const page: Format = {
  name: "page",
  title: "HTML",
  file: "index.html",
  segment: "",
  forPeople: true,
  contentType: "text/html; charset=utf-8",
  storedType: "text/html; charset=utf-8",
  cacheControl: DOCUMENT_CACHE,

  entry(article, site, parts) {
    const bar = barItem(article, site, parts.headline)?.toString();
    return {
      text: [story(article, site, parts).toString()],
      prefixes: [],
      ...(bar !== undefined && { bar }),
    };
  },

  stub: (stub) => ({ text: [withdrawnStory(stub).toString()], prefixes: [] }),
  head: (channel: Channel) => head(channel).toString(),
  separator: "\n",
  tail: foot,
};
