import { decodeArticleId, encodeArticleId } from "../core/article-id.ts";
import { pageOf } from "../store/list-page.ts";
import type { Stores } from "../store/stores.ts";

/*
 * Work that is asked for, under keys in the order of the time at which it is due. The work itself is decided by records
 * and windows: a key is only a reminder, and a reminder without a reason does nothing.
 */

type Deps = { stores: Pick<Stores, "newsroom"> };

const SCHEDULE = "schedule/";
/** Before every date: due at once. */
const AT_ONCE = "0000-01-01T00:00:00.000Z";
/** Where earlier versions left their notes for repairs. */
const OLD_REPAIRS = "repairs/";

/** A withdrawn article that may still stand in documents. Of the notes that are due at once, these come first. */
const KILL = "kill";
/** A feed that the directory lacks, or calls by an old title. */
const LISTING = "listing";
/** A feed that only a rebuild can fill. */
const REPAIR = "repair";
/** A new epoch of the change log, or what the present one begins with. */
const LOG = "log";
/** No token is so long. */
const SNAPSHOT = "snapshot-of-the-epoch";
/** An article that time changes. */
const STORY = "story";
const ENDING = ".json";

/** `at`: when the story is due, RFC 3339 with milliseconds, UTC. */
export type DueStory = { id: string; at: string };

/** A note for the directory; `feed` is empty where the note is about the directory as a whole. */
export type DueListing = { token: string; feed: string };

/**
 * `kills`: ids of withdrawn articles; `repairs`: names of feeds; `epochs`: one token for each time that one was asked for;
 * `isSnapshotDue`: an epoch may be without its snapshot.
 */
export type Due = {
  kills: string[];
  listings: DueListing[];
  repairs: string[];
  epochs: string[];
  isSnapshotDue: boolean;
  stories: DueStory[];
};

export const nothingDue = (): Due => ({
  ...{ kills: [], listings: [], repairs: [], epochs: [], stories: [] },
  isSnapshotDue: false,
});

const NOTE = Buffer.from("{}\n");
const keyOf = (kind: string, name: string, at: string) => `${SCHEDULE}${at}/${kind}/${name}${ENDING}`;
const listingKey = ({ token, feed }: DueListing) => keyOf(LISTING, `${token}/${feed}`, AT_ONCE);
const killKey = (id: string) => keyOf(KILL, encodeArticleId(id), AT_ONCE);
/** Without slashes: on a disk, a folder for each time would be made, and made durable, before a flash is out. */
const storyKey = ({ id, at }: DueStory) => `${SCHEDULE}${at}_${STORY}_${encodeArticleId(id)}${ENDING}`;
/** Time, kind and name of a note. */
const NOTE_KEY = /^schedule\/([^/_]+)[/_]([a-z]+)[/_](.+)\.json$/s;

/** Asks that the next tick finishes this kill, before any other work. */
export async function askForKillOf({ stores }: Deps, id: string): Promise<void> {
  await stores.newsroom.put(killKey(id), NOTE, { contentType: "application/json" });
}

/** Takes the note of a kill away. The caller has written every document that could show the article. */
export async function settleKillOf({ stores }: Deps, id: string): Promise<void> {
  await stores.newsroom.delete(killKey(id));
}

/**
 * Asks that the directory lists this feed as its window is under this ETag; without a feed, that the directory is written
 * again. A later window leaves a note under another key, so that settling one note removes no later note.
 */
export async function askForListingOf({ stores }: Deps, etag: string, feed = ""): Promise<void> {
  const token = etag.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  await stores.newsroom.put(listingKey({ token, feed }), NOTE, { contentType: "application/json" });
}

/** Asks that the whole directory is written again. */
export async function askForDirectory(deps: Deps & { random(): number }): Promise<void> {
  await askForListingOf(deps, Math.floor(deps.random() * 2 ** 48).toString(36));
}

/** Takes a note for the directory away. The caller has listed the feeds after it had read the note. */
export async function settleListing({ stores }: Deps, listing: DueListing): Promise<void> {
  await stores.newsroom.delete(listingKey(listing));
}

/** Asks for a repair of this feed, at once. However often it is asked for, it is one key. */
export async function askForRepairOf({ stores }: Deps, feed: string): Promise<void> {
  await stores.newsroom.put(keyOf(REPAIR, feed, AT_ONCE), NOTE, { contentType: "application/json" });
}

/** Takes the reminder of a feed away. The caller has filled the feed. */
export async function settleRepairOf({ stores }: Deps, feed: string): Promise<void> {
  await stores.newsroom.delete(keyOf(REPAIR, feed, AT_ONCE));
}

/**
 * Asks that upkeep brings every story to what the site file says, and then begins a new epoch of the change log. Each time it is
 * asked for is a note of its own: settling one removes no later note.
 */
export async function askForEpoch({ stores, random }: Deps & { random(): number }): Promise<void> {
  const token = Math.floor(random() * 2 ** 48).toString(36);
  await stores.newsroom.put(keyOf(LOG, token, AT_ONCE), NOTE, { contentType: "application/json" });
}

/** Whether this was asked for and is not settled. */
export async function isEpochAsked({ stores }: Deps, token: string): Promise<boolean> {
  return (await stores.newsroom.head(keyOf(LOG, token, AT_ONCE))) !== undefined;
}

/** Takes the note for an epoch away. The caller has begun one, for which the stories were written after the note was read. */
export async function settleEpoch({ stores }: Deps, token: string): Promise<void> {
  await stores.newsroom.delete(keyOf(LOG, token, AT_ONCE));
}

/** Asks that upkeep makes what an epoch begins with. To be called before the epoch is begun. */
export async function askForSnapshot({ stores }: Deps): Promise<void> {
  await stores.newsroom.put(keyOf(LOG, SNAPSHOT, AT_ONCE), NOTE, { contentType: "application/json" });
}

/** Takes the note for the snapshot away. The caller looks afterwards whether an epoch has been begun in the meantime. */
export async function settleSnapshot({ stores }: Deps): Promise<void> {
  await stores.newsroom.delete(keyOf(LOG, SNAPSHOT, AT_ONCE));
}

/** Leaves a reminder that this story is due at this time. */
export async function remindOf({ stores }: Deps, id: string, at: string): Promise<void> {
  await stores.newsroom.put(storyKey({ id, at }), NOTE, { contentType: "application/json" });
}

/** Whether there is a reminder of this story for this time. */
export async function isReminded({ stores }: Deps, due: DueStory): Promise<boolean> {
  return (await stores.newsroom.head(storyKey(due))) !== undefined;
}

/** Takes the reminder of a story away. The caller has written what was due into its record, and has published it. */
export async function settleStory({ stores }: Deps, due: DueStory): Promise<void> {
  await stores.newsroom.delete(storyKey(due));
}

/**
 * What is due at this time (milliseconds since 1970), at most `max` of each kind, the earliest first: one LIST where
 * nothing is due.
 */
export async function listDue({ stores }: Deps, now: number, max: number): Promise<Due> {
  const due = nothingDue();
  const last = new Date(now).toISOString();
  for await (const { kind, name, at } of listNotes({ stores })) {
    if (at > last || due.stories.length === max) break;
    if (kind === LOG && name === SNAPSHOT) due.isSnapshotDue = true;
    else if (kind === LOG && due.epochs.length < max) due.epochs.push(name);
    if (kind === REPAIR && due.repairs.length < max) due.repairs.push(name);
    const [, token, feed] = (kind === LISTING && /^([a-z0-9]+)\/(.*)$/s.exec(name)) || [];
    if (token !== undefined && feed !== undefined && due.listings.length < max)
      due.listings.push({ token, feed });
    const id = kind === STORY || kind === KILL ? decodeArticleId(name) : undefined;
    if (id === undefined) continue;
    if (kind === STORY) due.stories.push({ id, at });
    else if (due.kills.length < max) due.kills.push(id);
  }
  return due;
}

/** The stories that time has yet to change, at most `max`, the earliest first. */
export async function listStories({ stores }: Deps, max: number): Promise<DueStory[]> {
  const stories: DueStory[] = [];
  for await (const { kind, name, at } of listNotes({ stores })) {
    if (stories.length === max) break;
    const id = kind === STORY ? decodeArticleId(name) : undefined;
    if (id !== undefined) stories.push({ id, at });
  }
  return stories;
}

/** All notes of the schedule, in the order of their time. A listing goes on as long as it is read. */
async function* listNotes({ stores }: Deps): AsyncIterable<{ at: string; kind: string; name: string }> {
  for await (const key of stores.newsroom.list(SCHEDULE)) {
    const [, at, kind, name] = NOTE_KEY.exec(key) ?? [];
    if (at !== undefined && kind !== undefined && name !== undefined) yield { at, kind, name };
  }
}

/** Moves the notes of an earlier version, at most `max`, to where this version looks for them. */
export async function adoptOldNotes({ stores }: Deps, max: number): Promise<void> {
  for (const key of await pageOf(stores.newsroom, OLD_REPAIRS, undefined, max)) {
    if (key.endsWith(ENDING)) await askForRepairOf({ stores }, key.slice(OLD_REPAIRS.length, -ENDING.length));
    await stores.newsroom.delete(key);
  }
}
