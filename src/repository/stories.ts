import { hash } from "node:crypto";
import * as v from "valibot";
import { decodeArticleId } from "../core/article-id.ts";
import { STORIES, storyIdOf, storyKey } from "../core/keys.ts";
import { BREAKING_LEVELS } from "../core/levels.ts";
import type { Withdrawal } from "../core/record.ts";
import { STORY_STATUSES, type StoryState } from "../core/story.ts";
import type { StoredObject } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";
import { getStored, orUnreadable, parseStored, UnreadableError } from "./stored-json.ts";

type Deps = { stores: Pick<Stores, "published"> };

/** The fields by which the log and the stories name the state of a story. */
export const STATE_FIELDS = {
  version: v.string(),
  order: v.string(),
  status: v.picklist(STORY_STATUSES),
  feeds: v.array(v.string()),
  breaking: v.exactOptional(v.picklist(BREAKING_LEVELS)),
};

const withdrawal = v.object({
  ...{ version: v.string(), order: v.string() },
  purged: v.exactOptional(v.literal(true)),
});

const Shape = v.object({
  id: v.string(),
  _flashwire: v.object({
    story: v.object({ ...STATE_FIELDS, id: v.string(), after: v.exactOptional(withdrawal) }),
  }),
});

/** A story as it is stored. One that cannot be read has no `state`: it is older than any other. */
export type StoredStory = {
  /** What a write over it has to expect. */
  etag: string;
  digest: string;
  guid?: string;
  state?: StoryState;
  after?: Withdrawal;
};

/** Undefined where there is none. */
export async function readStory({ stores }: Deps, id: string): Promise<StoredStory | undefined> {
  const key = storyKey(id);
  const stored = await orUnreadable(getStored(stores.published, key));
  if (stored === undefined) return undefined;
  if (stored instanceof UnreadableError)
    return stored.found === "missing" ? undefined : { etag: stored.found.etag, digest: "" };
  return parseStory(key, stored);
}

async function parseStory(key: string, stored: StoredObject): Promise<StoredStory> {
  const tag = { etag: stored.etag, digest: digestOf(stored.body) };
  const parse = async () =>
    parseStored<v.InferOutput<typeof Shape>>(key, stored, (value) => v.is(Shape, value));
  const value = await orUnreadable(parse());
  if (value instanceof UnreadableError) return tag;
  const { id: _, after, ...state } = value._flashwire.story;
  return { ...tag, guid: value.id, state: stateOf(state), ...(after !== undefined && { after }) };
}

/** Without what else a later version of the wire may write there. */
export function stateOf({ version, order, status, feeds, breaking }: StoryState): StoryState {
  return { version, order, status, feeds, ...(breaking !== undefined && { breaking }) };
}

/** The digest of a document as its readers compute it (RFC 9530 §2). */
export function digestOf(body: Uint8Array): string {
  return `sha-256=:${hash("sha256", body, "base64")}:`;
}

export async function hasStory({ stores }: Deps, id: string): Promise<boolean> {
  return (await stores.published.head(storyKey(id))) !== undefined;
}

/**
 * Removes the story in any state, unless it is written meanwhile. Followers of the log hear of it by the snapshot of the
 * next epoch.
 */
export async function removeStory({ stores }: Deps, id: string): Promise<void> {
  const head = await stores.published.head(storyKey(id));
  if (head !== undefined) await stores.published.delete(storyKey(id), { ifMatch: head.etag });
}

/** The ids of all stories behind the one whose id has this form, in the order of their keys. */
export async function* listStoryIds({ stores }: Deps, after?: string): AsyncIterable<string> {
  const behind = after === undefined ? undefined : decodeArticleId(after);
  const start = behind === undefined ? undefined : storyKey(behind);
  for await (const key of stores.published.list(STORIES, start)) {
    const id = storyIdOf(key);
    if (id !== undefined) yield id;
  }
}
