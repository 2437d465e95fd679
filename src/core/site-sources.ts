import * as v from "valibot";
import { list, object } from "./fields.ts";
import { MAX_NAME, MAX_POLL_SECONDS, MAX_SOURCE_NAME, MAX_SOURCES } from "./limits.ts";
import { languageTag, string, text, urlWith, whole } from "./site-fields.ts";
import { recordUsage } from "./usage.ts";

/** Places that the wire takes articles from by itself. */

/** The kinds of sources that there are; src/import/kinds.ts has one file for each. */
const SOURCE_KINDS = ["wordpress", "feed"] as const;

const fields = object({
  /**
   * What operators call it: in `status`, in logs, and for its password. Without it the source is called after its host. A
   * source that is called otherwise is a new one: the wire reads it from its start.
   */
  name: v.exactOptional(
    v.pipe(
      string,
      v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens"),
      v.maxLength(MAX_SOURCE_NAME, `must be at most ${MAX_SOURCE_NAME} characters`),
    ),
  ),
  kind: v.picklist(SOURCE_KINDS, `must be ${SOURCE_KINDS.join(" or ")}`),
  /** The address of the website, or of the feed. */
  url: urlWith("use `flashwire source auth`"),
  /** Seconds between two polls. */
  every: v.optional(whole(10, MAX_POLL_SECONDS), 300),
  /** Put before the id of each article, so that two sources do not meet. */
  idPrefix: v.exactOptional(
    v.pipe(string, v.regex(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,39}$/, "must be 1 to 40 letters, digits or ._~-")),
  ),
  /** The section of articles that name none. */
  section: v.exactOptional(text(MAX_NAME)),
  language: v.exactOptional(languageTag),
  rights: v.exactOptional(
    object({
      holder: v.exactOptional(text(MAX_NAME)),
      notice: v.exactOptional(text(MAX_NAME)),
      terms: v.exactOptional(text(MAX_NAME)),
      license: v.exactOptional(text(MAX_NAME)),
      usage: v.exactOptional(recordUsage),
    }),
  ),
  /** Whether the source may stand in the newsroom's own network. */
  private: v.optional(v.boolean("must be true or false"), false),
});

const source = v.pipe(
  fields,
  v.transform(({ name, ...rest }) => ({ ...rest, name: name ?? sourceNameOf(rest.url) })),
);

/** The name of a source without one in the site file: `blog.example.org` is `blog-example-org`. */
export function sourceNameOf(url: string): string {
  const host = new URL(url).hostname.replace(/^www\./, "").toLowerCase();
  return host
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SOURCE_NAME)
    .replace(/^-|-$/g, "");
}

/** Two sources have two names, and ids that cannot meet. */
export const sourceList = v.pipe(
  list(source, MAX_SOURCES),
  v.check((all) => isUnique(all.map(({ name }) => name)), "must have a name for each that no other has"),
  v.check(
    (all) => isUnique(all.map(({ idPrefix = "" }) => idPrefix)),
    "must have an idPrefix for each that no other has, so that their articles cannot meet",
  ),
);

const isUnique = (texts: string[]) => new Set(texts).size === texts.length;

export type FollowedSource = v.InferOutput<typeof source>;
