import type { Published } from "./article.ts";
import type { FormatName } from "./format-names.ts";
import { isOut, type Standing, type StoredRecord, shownBreaking } from "./record.ts";
import { currentName } from "./renames.ts";
import type { Order, Site, Where } from "./site.ts";
import { SMOKE_FEED, SMOKE_ID } from "./smoke.ts";
import { slug } from "./text.ts";

/** One feed, resolved: a definition, or a family with its value. */
export type Feed = {
  /** `all`, `section/usa`, `tag/北朝鮮`: the segment between `feeds/` and the file name. */
  name: string;
  /** With the placeholders of `withValue`, as `description`. */
  title: string;
  description?: string;
  /** The page of the newsroom that shows these stories, in which `{value}` stands for the slug of the value. */
  home?: string;
  size: number;
  order: Order;
  /** Whether all its articles are in one language, which is its value. */
  ofLanguage?: boolean;
  /** Whether all its articles are breaking news. */
  ofBreaking?: boolean;
  /** Which documents it has; without it all of them. */
  formats?: readonly FormatName[];
  /** Days for which a stub stands for a killed story; 0: killed stories disappear. Without it as many as by default. */
  stubDays?: number;
  /** Whether killed stories leave it without a trace. */
  isTraceless?: boolean;
};

const SMOKE: Feed = {
  name: SMOKE_FEED,
  title: "Test of the wire",
  size: 1,
  order: "published",
  stubDays: 0,
  isTraceless: true,
};

/** Where an article belongs: feed name → the value as the article spells it (empty for a plain definition). */
export type Placements = Map<string, string>;

/** The feeds that select the article of this record now. One that was withdrawn, waits or has expired is in none. */
export function placements(site: Site, record: Standing): Placements {
  const found: Placements = new Map();
  const article = standing(record);
  if (article === undefined) return found;
  if (article.id === SMOKE_ID) return found.set(SMOKE_FEED, "");
  const add = (feed: string, value: string) => {
    // Stories of a feed that was renamed are stories of the feed that it is now.
    const name = currentName(site, feed) ?? feed;
    if (!found.has(name)) found.set(name, value);
  };
  for (const feed of site.feeds) if (matches(site, feed.where, article)) add(feed.name, "");
  for (const family of site.families) {
    if (!matches(site, family.where, article)) continue;
    for (const value of valuesOf(site, family.by, article)) {
      const name = slug(value);
      if (name !== "") add(`${family.family}/${name}`, value);
    }
  }
  return found;
}

/** The article by which feeds select, with the breaking flag that documents show; undefined where none selects it. */
function standing(record: Standing): Published | undefined {
  const { article } = record;
  if (article.status === "withdrawn" || isOut(record)) return undefined;
  if (article.breaking === undefined || shownBreaking(record) !== undefined) return article;
  const { breaking: _, ...rest } = article;
  return rest;
}

/** Every feed that a change of this record may touch: where it ever was, and where it belongs now. */
export function touchedFeeds(
  site: Site,
  record: StoredRecord,
  places: Placements = placements(site, record),
): string[] {
  return [...new Set([...record.feeds, ...places.keys()])];
}

/** The feed of this name; undefined when the site does not define it, or gives it another name. */
export function resolveFeed(site: Site, name: string): Feed | undefined {
  if (name === SMOKE_FEED) return SMOKE;
  if (currentName(site, name) !== undefined) return undefined;
  const found =
    site.feeds.find((feed) => feed.name === name) ??
    site.families.find(
      ({ family }) => name.startsWith(`${family}/`) && isSlug(name.slice(family.length + 1)),
    );
  if (found === undefined) return undefined;
  return {
    name,
    title: found.title,
    ...(found.description === undefined ? {} : { description: found.description }),
    ...(found.home === undefined ? {} : { home: found.home }),
    size: found.size ?? site.size,
    order: found.order ?? site.order,
    ...("by" in found && found.by === "language" ? { ofLanguage: true } : {}),
    ...(found.where?.breaking === undefined ? {} : { ofBreaking: true }),
    ...(found.formats === undefined ? {} : { formats: found.formats }),
    stubDays: found.withdrawn === "remove" ? 0 : site.withdrawals.days,
  };
}

function matches(site: Site, where: Where | undefined, article: Published): boolean {
  if (where === undefined) return true;
  const { breaking, change } = where;
  if (breaking !== undefined) {
    if (article.breaking === undefined) return false;
    if (breaking !== true && !breaking.includes(article.breaking.level)) return false;
  }
  if (change !== undefined && !(article.change && change.includes(article.change.kind))) return false;
  return (["section", "language", "tag"] as const).every((by) => {
    const wanted = where[by]?.map(slug);
    return wanted === undefined || valuesOf(site, by, article).some((value) => wanted.includes(slug(value)));
  });
}

function valuesOf(site: Site, by: "section" | "language" | "tag", article: Published): string[] {
  if (by === "language") return [article.language ?? site.language];
  if (by === "tag") return (article.tags ?? []).map((tag) => tag.name);
  return [...(article.section === undefined ? [] : [article.section]), ...(article.sections ?? [])];
}

function isSlug(text: string): boolean {
  return text !== "" && slug(text) === text;
}
