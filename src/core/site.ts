import * as v from "valibot";
import { CHANGE_KINDS } from "./article.ts";
import { EMAIL, notList, object } from "./fields.ts";
import { BREAKING_LEVELS } from "./levels.ts";
import { MAX_HUBS, MAX_NAME, MAX_PARAGRAPH, MAX_TTL, MAX_WINDOW } from "./limits.ts";
import { aws } from "./site-aws.ts";
import {
  anyOf,
  formats,
  hub,
  languageTag,
  list,
  oneOrMore,
  pattern,
  string,
  text,
  timeZone,
  url,
  urlPattern,
  whole,
} from "./site-fields.ts";
import { look } from "./site-look.ts";
import { namingProblems } from "./site-names.ts";
import { breakingMinutes, upkeep } from "./site-running.ts";
import { sourceList } from "./site-sources.ts";
import { withdrawals, withdrawn } from "./site-withdrawals.ts";
import { slug } from "./text.ts";
import { siteUsage } from "./usage.ts";

/** What a newsroom writes in flashwire.config.ts: who it is and which feeds it has. */

const size = whole(1, MAX_WINDOW);

/** `breaking`: flash before bulletin before urgent, and of one level the newest first. */
const order = v.picklist(["published", "updated", "breaking"], "must be published, updated or breaking");

/** Values are compared by their slugs; what has none would be like all others that have none. */
const value = v.pipe(
  text(MAX_NAME),
  v.check((name) => slug(name) !== "", "must hold a letter or a digit"),
);

/** Which articles a feed selects: all conditions hold; within a list, any of it. Without one: every article. */
const where = object({
  breaking: v.exactOptional(
    v.union(
      [v.literal(true), oneOrMore(v.picklist(BREAKING_LEVELS))],
      `must be true or a list with any of ${BREAKING_LEVELS.join(", ")}`,
    ),
  ),
  change: v.exactOptional(oneOrMore(v.picklist(CHANGE_KINDS, anyOf(CHANGE_KINDS)))),
  section: v.exactOptional(oneOrMore(value)),
  language: v.exactOptional(oneOrMore(value)),
  tag: v.exactOptional(oneOrMore(value)),
});

const feedName = v.pipe(
  string,
  v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens"),
  v.maxLength(64, "must be at most 64 characters"),
);

const feed = object({
  name: feedName,
  title: text(MAX_NAME),
  description: v.exactOptional(text(MAX_PARAGRAPH)),
  /** The page of the newsroom that shows these stories; without it the `home` of the site file. */
  home: v.exactOptional(url),
  where: v.exactOptional(where),
  size: v.exactOptional(size),
  order: v.exactOptional(order),
  withdrawn: v.exactOptional(withdrawn),
  formats: v.exactOptional(formats),
});

const family = object({
  family: feedName,
  /** Which values of an article make its feeds: `section` takes the primary and all other sections. */
  by: v.picklist(["section", "language", "tag"], "must be section, language or tag"),
  /**
   * `{value}` stands for the section, language or tag as the newest article spells it, `{language}` for the name of the language
   * in that language, such as Français.
   */
  title: pattern(MAX_NAME),
  description: v.exactOptional(pattern(MAX_PARAGRAPH)),
  /** `{value}` stands for the value as the names of its feeds have it, such as `usa` of `section/usa`. */
  home: v.exactOptional(urlPattern),
  where: v.exactOptional(where),
  size: v.exactOptional(size),
  order: v.exactOptional(order),
  withdrawn: v.exactOptional(withdrawn),
  formats: v.exactOptional(formats),
});

const DEFAULT_FEEDS: v.InferInput<typeof feed>[] = [
  { name: "all", title: "All stories" },
  { name: "breaking", title: "Breaking news", where: { breaking: true }, order: "breaking" },
  {
    name: "corrections",
    title: "Corrections and clarifications",
    where: { change: ["correction", "clarification"] },
    // A correction of an old story is news today.
    order: "updated",
  },
];

const DEFAULT_FAMILIES: v.InferInput<typeof family>[] = [
  { family: "section", by: "section", title: "{value}" },
  { family: "language", by: "language", title: "{language}" },
  { family: "tag", by: "tag", title: "{value}" },
];

/** What a headline may be labelled with. */
const HEADLINE_LABELS = ["breaking", ...CHANGE_KINDS] as const;

const names = notList(v.record(string, string, "must be an object"));

export const SiteSchema = v.pipe(
  object({
    title: text(MAX_NAME),
    description: v.exactOptional(text(MAX_PARAGRAPH)),
    /** The newsroom's own website: the `alternate` of every feed. */
    home: url,
    /** RFC 4151 tag authority: the default identifiers are tag:{authority},{year}:article/{id}. Never change it. */
    authority: v.pipe(
      string,
      v.regex(
        /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
        "must be a lower-case domain name, such as news.example.org",
      ),
    ),
    /** The year in which the newsroom held that domain; part of the identifiers. Never change it. */
    year: whole(1985, 9998),
    publisher: object({
      name: text(MAX_NAME),
      url: v.exactOptional(url),
      email: v.exactOptional(v.pipe(string, v.regex(EMAIL, "must be an e-mail address"))),
    }),
    language: languageTag,
    /** The zone of dates that a record gives without an offset. Without this field such dates are refused. */
    timeZone: v.exactOptional(timeZone),
    copyright: v.exactOptional(text(MAX_PARAGRAPH)),
    /** What machines may do with the stories. Without it the wire tells machines nothing. */
    rights: v.exactOptional(siteUsage),
    icon: v.exactOptional(url),
    logo: v.exactOptional(url),
    /** How the pages for people look. */
    look: v.exactOptional(look),
    /** WebSub hubs: every document names them, and the wire tells them of each document that changes. */
    hubs: v.optional(v.pipe(list(hub), v.maxLength(MAX_HUBS, `must be at most ${MAX_HUBS}`)), []),
    /** Minutes that a feed reader may wait before it asks again. For feeds of breaking news it is one minute. */
    ttl: v.optional(whole(1, MAX_TTL), 5),
    size: v.optional(size, 50),
    order: v.optional(order, "published"),
    feeds: v.optional(list(feed), DEFAULT_FEEDS),
    families: v.optional(list(family), DEFAULT_FAMILIES),
    /** Feeds that have another name now: old name → new name. The feed keeps its identifier; old addresses lead to it. */
    renamed: v.exactOptional(names),
    /** Feeds that are part of another feed now: old name → that feed, which keeps its own identifier. */
    merged: v.exactOptional(names),
    /**
     * Labels that headlines begin with, as in "Correction: …": of those in the list that a story has, the first. Without it
     * headlines stay as they came.
     */
    headlineLabels: v.optional(list(v.picklist(HEADLINE_LABELS, anyOf(HEADLINE_LABELS))), []),
    /** Whether the content of a story begins with its corrections and clarifications, and with updates that have a note. */
    changeNotes: v.optional(v.boolean("must be true or false"), true),
    breakingMinutes: v.optional(breakingMinutes, {}),
    /** What readers see of killed stories. */
    withdrawals: v.optional(withdrawals, {}),
    /** Websites and feeds that the wire takes articles from by itself. */
    sources: v.optional(sourceList, []),
    /** How the wire looks after itself. */
    upkeep: v.exactOptional(upkeep),
    /** How a deployed wire works, by stage; without meaning for a local one. */
    aws: v.exactOptional(aws),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) for (const problem of namingProblems(dataset.value)) addIssue(problem);
  }),
);

export type SiteConfig = v.InferInput<typeof SiteSchema>;
export type Site = v.InferOutput<typeof SiteSchema> & {
  /** Scheme, host and port at which the documents are read; no slash at its end. */
  origin: string;
};
export type FeedDefinition = v.InferOutput<typeof feed>;
export type FeedFamily = v.InferOutput<typeof family>;
export type Where = v.InferOutput<typeof where>;
export type Order = v.InferOutput<typeof order>;

/** The feeds that a newsroom has when its site file names none. */
export { DEFAULT_FAMILIES, DEFAULT_FEEDS };

/** Types a site file as it is written; the check runs when the wire starts. */
export function defineSite(config: SiteConfig): SiteConfig {
  return config;
}
