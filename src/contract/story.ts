import * as v from "valibot";
import { BREAKING_LEVELS } from "../core/levels.ts";
import { STORY_STATUSES } from "../core/story.ts";

/** What consumers read of one story. */

export const text = (description: string, example: string) =>
  v.pipe(v.string(), v.description(description), v.examples([example]));
export const time = (description: string, example: string) =>
  v.pipe(v.string(), v.isoTimestamp(), v.description(description), v.examples([example]));
export const count = (least: number, description: string, example: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.description(description), v.examples([example]));

const ORDER = "a0a0/2026-11-02T08:45:00.000/0a1a0";
const VERSION = "2026-11-02T08:45:00.000Z";

export const withdrawal = (description: string) =>
  v.pipe(
    v.object({
      version: text("The version of the withdrawal.", VERSION),
      order: text("Its place among the versions of the story.", ORDER),
      purged: v.exactOptional(
        v.pipe(
          v.literal(true),
          v.description(
            "The newsroom has purged the story: every copy of what it was has to be deleted, also in archives.",
          ),
        ),
      ),
    }),
    v.description(description),
  );

export const order = text(
  "Its place among the versions of the story: of two texts the one that is greater, character by character, names the newer version.",
  ORDER,
);
export const version = text(
  "Names the version. It says nothing about which of two is newer: `order` does.",
  VERSION,
);
export const feeds = (description: string) =>
  v.pipe(v.array(v.string()), v.description(description), v.examples([["all", "section/world"]]));

/** The fields of a story that a change and an item of a snapshot have, and no other document. */
export const named = {
  id: text(
    "The id of the article in the form that keys and addresses have: `_` and escapes where the id has other characters than letters, digits and . _ ~ -",
    "harbour-bridge-reopens",
  ),
  guid: text(
    "The identifier of the story in RSS, Atom and JSON Feed. It never changes.",
    "tag:news.example.org,2026:article/harbour-bridge-reopens",
  ),
  href: v.pipe(
    v.string(),
    v.startsWith("/stories/"),
    v.description("The path of the story, at the origin that the log stands at."),
    v.examples(["/stories/harbour-bridge-reopens.json"]),
  ),
  digest: v.pipe(
    v.string(),
    v.regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/),
    v.description(
      "SHA-256 of the bytes of the story in this version, as RFC 9530 writes digests (section 2). The digest is that of the bytes without gzip and br.",
    ),
    v.examples(["sha-256=:miaSfLpEYSNJfKk4C0ZOOQKzk5OEOXy51FZsH+39M6g=:"]),
  ),
};

/** The state of a story, as a snapshot and the story itself say it. */
export const state = {
  version,
  order,
  status: v.pipe(
    v.picklist(STORY_STATUSES),
    v.description(
      "`published`: a feed shows the story. `removed`: no feed does any more; it may come back. `withdrawn`: the newsroom has killed it. `purged`: the newsroom has killed it, and every copy has to be deleted, also in archives.",
    ),
    v.examples(["published"]),
  ),
  feeds: feeds("The feeds that show the story, sorted; of one that is gone, those that ever did."),
  breaking: v.exactOptional(
    v.pipe(
      v.picklist(BREAKING_LEVELS),
      v.description("The level at which documents flag it, while it breaks."),
      v.examples(["urgent"]),
    ),
  ),
  after: v.exactOptional(withdrawal("The last withdrawal that the story came back from.")),
};

/** `_flashwire.story`. */
const story = v.object({
  id: named.id,
  ...state,
  updated: time("When documents say that the story was updated (RFC 3339).", VERSION),
});

const person = v.object({ name: v.exactOptional(v.string()), url: v.exactOptional(v.string()) });

const attachment = v.object({
  url: v.string(),
  mime_type: v.string(),
  title: v.exactOptional(v.string()),
  size_in_bytes: v.exactOptional(v.number()),
});

/** An item of JSON Feed 1.1 as the wire writes it: https://www.jsonfeed.org/version/1.1/ (Items). */
const item = {
  url: text("The address of the story at the newsroom.", "https://news.example.org/harbour-bridge-reopens"),
  title: text("The headline; of a tombstone, a word such as Withdrawn.", "Harbour bridge reopens"),
  content_html: text("The body, as HTML.", "<p>The harbour bridge is open again.</p>"),
  content_text: text(
    "Plain text: where the story has no body, its summary or headline; of a tombstone, what the public is told.",
    "The harbour bridge is open again.",
  ),
  summary: text("The summary, plain text.", "The harbour bridge is open again."),
  image: text("The address of the lead picture.", "https://news.example.org/bridge.jpg"),
  date_published: time("When it was published (RFC 3339).", "2026-11-02T06:10:00.000Z"),
  date_modified: time("When it was updated (RFC 3339).", VERSION),
  authors: v.pipe(v.array(person), v.description("Who wrote it.")),
  tags: v.pipe(
    v.array(v.string()),
    v.description("Sections, tags, keywords and labels, as people read them."),
  ),
  language: text("The language (BCP 47).", "en-GB"),
  attachments: v.pipe(v.array(attachment), v.description("Pictures, audio, video and other files.")),
};

export const StorySchema = v.object({
  id: text(
    "The identifier of the story, the same as in feeds and changes (`guid`).",
    "tag:news.example.org,2026:article/harbour-bridge-reopens",
  ),
  ...v.partial(v.object(item)).entries,
  _flashwire: v.object({
    story: v.pipe(story, v.description("Which version this is, and what became of the story.")),
    removed: v.exactOptional(
      v.pipe(
        v.literal(true),
        v.description("No feed shows the story any more, and this document has nothing of it."),
      ),
    ),
  }),
});
