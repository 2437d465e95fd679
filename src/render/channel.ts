import { hash } from "node:crypto";
import type { Feed } from "../core/feed.ts";
import { withValue } from "../core/feed-names.ts";
import { feedId } from "../core/guid.ts";
import { deletedAt } from "../core/shown-dates.ts";
import type { Site } from "../core/site.ts";
import type { Entry, Tombstone, VersionReference } from "../core/window.ts";
import { clean } from "./clean-record.ts";
import { BREAKING_TTL } from "./limits.ts";

/** A feed as the head of a document needs it. All text in it is clean. */
export type Channel = {
  site: Site;
  /** The feed's name, such as `section/usa`. */
  name: string;
  /** A tag URI (RFC 4151): what readers know the feed by. */
  id: string;
  title: string;
  /** The title without the name of the wire before it. */
  heading: string;
  description: string;
  /** The page of the newsroom that shows these stories. */
  home: string;
  /** RFC 3339, UTC: when the feed last changed, as its records tell; an article that left it is a change too. */
  updated: string;
  /** BCP 47. */
  language: string;
  /** Minutes that a reader may wait before it asks again. */
  ttl: number;
  /** Newest first. */
  deleted: Deletion[];
  /** A digest of the newest changes that no entry shows, such as a withdrawal; undefined when there are none. */
  unseen: string | undefined;
  /** How many stories and stubs follow. */
  count: number;
  /** The documents of the feed. */
  documents: DocumentLink[];
  /** Namespace prefixes that the entries use. */
  prefixes: string[];
  /** What the entries have for the head of this document. */
  bar: string[];
};

/** A document of the feed as others name it. */
export type DocumentLink = { title: string; contentType: string; url: string; forPeople: boolean };

/** What all documents of a feed have in common. */
export type FeedChannel = Omit<Channel, "prefixes" | "bar">;

/** `when` is RFC 3339, UTC. `notice`: what the public is told, plain text. */
export type Deletion = { id: string; guid: string; when: string; notice?: string | undefined };

/** What the head of a document says of what follows it. */
export type Contents = {
  /** As the newest entry that is shown spells the value of its family. */
  label: string | undefined;
  /** The dates of the entries that are shown: RFC 3339, UTC. */
  dates: string[];
  deleted: Deletion[];
  changes: VersionReference[];
  documents: DocumentLink[];
  /** From `unseenIn`. */
  unseen: string | undefined;
};

/** The channel of a feed with these contents. `site` must be clean. */
export function channelOf(site: Site, feed: Feed, contents: Contents): FeedChannel {
  const { label = valueIn(feed), dates, deleted, changes, documents, unseen } = contents;
  const language = feedLanguage(site, feed, label);
  let newest = newestOf(changes);
  for (const date of dates) if (date > newest) newest = date;
  for (const { when } of deleted) if (when > newest) newest = when;
  return {
    site,
    id: feedId(site, feed.name),
    home: homeOf(site, feed),
    ...clean({ name: feed.name, ...namesOf(site, feed, label), language, deleted }),
    ttl: feed.ofBreaking ? BREAKING_TTL : site.ttl,
    updated: newest || `${site.year}-01-01T00:00:00.000Z`,
    count: dates.length,
    documents,
    unseen,
  };
}

/** The page of the newsroom that shows the stories of a feed. */
export function homeOf(site: Site, feed: Feed): string {
  return feed.home?.replaceAll("{value}", encodeURIComponent(valueIn(feed))) ?? site.home;
}

/** BCP 47, or the value of a family that is no tag. `label` as in `Contents`. */
export function feedLanguage(site: Site, feed: Feed, label = valueIn(feed)): string {
  return feed.ofLanguage ? languageOf(label) : site.language;
}

/** Throws when a date is invalid. */
export function deletionOf(tombstone: Tombstone): Deletion {
  const { id, guid, notice } = tombstone;
  return { id, guid, when: deletedAt(tombstone), notice };
}

/** Each key is made once: a renderer asks for each key twice in every document, and references live long. */
const keys = new WeakMap<VersionName, string>();

/** One version of one article. */
export type VersionName = { id: string; version: string };

/** Names one version of one article. */
export function versionKey(reference: VersionName): string {
  const known = keys.get(reference);
  if (known !== undefined) return known;
  const key = `${reference.id} ${reference.version}`;
  keys.set(reference, key);
  return key;
}

/** The value of a family in a feed's name: `usa` of `section/usa`. */
function valueIn({ name }: Feed): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** The language tag with its capitals, which a feed's name lacks. A value that is no language tag stays as it is. */
function languageOf(value: string): string {
  try {
    return Intl.getCanonicalLocales(value)[0] ?? value;
  } catch {
    return value;
  }
}

/** The newest date of the changes; empty when there are none. An invalid date, from a record edited by hand, is skipped. */
function newestOf(changes: VersionReference[]): string {
  const dates = changes.map(({ updated }) => Date.parse(updated)).filter((date) => !Number.isNaN(date));
  return dates.length === 0 ? "" : new Date(Math.max(...dates)).toISOString();
}

function namesOf(site: Site, feed: Feed, label: string) {
  const heading = withValue(feed, feed.title, label);
  const title = `${site.title}: ${heading}`;
  const description = feed.description === undefined ? undefined : withValue(feed, feed.description, label);
  return { title, heading, description: description ?? site.description ?? title };
}

/** A digest of the changes that the entries do not show; undefined when they show them all. */
export function unseenIn(entries: Entry[], changes: VersionReference[]): string | undefined {
  const seen = new Set(entries.map(versionKey));
  const unseen = changes.filter((change) => !seen.has(versionKey(change)));
  if (unseen.length === 0) return undefined;
  return hash("sha256", JSON.stringify(unseen.map(versionKey))).slice(0, 16);
}
