import type { Breaking, Change as Note } from "./article.ts";
import { encodeArticleId } from "./article-id.ts";
import { storyKey } from "./keys.ts";
import { isLevelRaised } from "./levels.ts";
import { type StoredRecord, shownBreaking, type Withdrawal } from "./record.ts";
import type { Site } from "./site.ts";
import { type StoryState, type StoryStatus, toldUpdated } from "./story.ts";
import { compareText } from "./version.ts";

/** What a change did to the story, for a consumer that has the version which the log named last. */
export const STORY_CHANGE_KINDS = [
  ...(["published", "updated", "corrected", "clarified", "breaking", "settled"] as const),
  ...(["moved", "removed", "withdrawn", "restored", "purged"] as const),
] as const;
export type StoryChangeKind = (typeof STORY_CHANGE_KINDS)[number];

type NoteKind = Note["kind"];

/** One entry of the change log. It names a version and holds no content. */
export type Change = {
  /** From 1, without a gap in its epoch. */
  seq: number;
  /** When the record was accepted, or time changed it: RFC 3339, UTC. */
  at: string;
  kind: StoryChangeKind;
  /** In the form of article-id.ts. */
  id: string;
  guid: string;
  version: string;
  order: string;
  updated: string;
  feeds: string[];
  /** The path of the story, which had these bytes or comes to have newer ones. */
  href: string;
  /** RFC 9530 §2, SHA-256. */
  digest: string;
  /** The last withdrawal that this change followed, where the log does not have it. */
  after?: Withdrawal;
  breaking?: Breaking;
  /** What the newsroom calls the change; never its note. */
  change?: NoteKind;
};

/** What the log told last of a story: from its mark, or from a change that the mark does not have yet. */
export type Known = StoryState;

/** The story as its last change told it. */
export function stateAfter({ version, order, kind, feeds, breaking }: Change): Known {
  const isGone = kind === "withdrawn" || kind === "purged" || kind === "removed";
  const status: StoryStatus = isGone ? kind : "published";
  return { version, order, status, feeds, ...(breaking !== undefined && { breaking: breaking.level }) };
}

/** The newer of the two. */
export function newerOf<State extends { order: string }>(
  a: State | undefined,
  b: State | undefined,
): State | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareText(a.order, b.order) < 0 ? b : a;
}

/** What is to be logged: the record with its state and the digest of its story. */
export type Told = { record: StoredRecord; state: StoryState; digest: string };

/** The change from what the log told last to this version; undefined where the log has it, or a newer one. */
export function changeTo(
  site: Site,
  { record, state, digest }: Told,
  known: Known | undefined,
): Omit<Change, "seq"> | undefined {
  if (known !== undefined && compareText(known.order, state.order) >= 0) return undefined;
  const { article, withdrawal, accepted, phased } = record;
  const isPublished = state.status === "published";
  const breaking = isPublished ? shownBreaking(record) : undefined;
  const note = article.status === "published" && isPublished ? article.change?.kind : undefined;
  const isSkipped =
    withdrawal !== undefined &&
    compareText(withdrawal.order, known?.order ?? "") > 0 &&
    compareText(withdrawal.order, state.order) < 0;
  const updated = toldUpdated(record);
  return {
    at: phased ?? accepted ?? updated,
    kind: kindOf(site, state, { known, note, isSkipped }),
    id: encodeArticleId(article.id),
    guid: article.guid,
    version: state.version,
    order: state.order,
    updated,
    feeds: state.feeds,
    href: `/${storyKey(article.id)}`,
    digest,
    ...(isSkipped && { after: withdrawal }),
    ...(breaking !== undefined && { breaking }),
    ...(note !== undefined && { change: note }),
  };
}

type Step = { known: Known | undefined; note: NoteKind | undefined; isSkipped: boolean };

function kindOf(site: Site, state: StoryState, { known, note, isSkipped }: Step): StoryChangeKind {
  if (state.status !== "published") return state.status;
  if (isSkipped) return "restored";
  if (known === undefined) return "published";
  if (known.status !== "published") return "restored";
  if (sentVersion(known.version) !== sentVersion(state.version)) {
    if (note === "correction") return "corrected";
    if (note === "clarification") return "clarified";
  }
  if (isRaised(known, state)) return "breaking";
  if (known.breaking !== undefined && state.breaking === undefined) return "settled";
  return hasLeft(site, known, state) ? "moved" : "updated";
}

function isRaised({ breaking: before }: Known, { breaking: after }: StoryState): boolean {
  return after !== undefined && (before === undefined || isLevelRaised(before, after));
}

/** Whether the story left a feed for another reason than that it is no breaking news, or corrected, any more. */
function hasLeft(site: Site, known: Known, state: StoryState): boolean {
  return known.feeds.some((feed) => !state.feeds.includes(feed) && isPlace(site, feed));
}

function isPlace({ feeds, families }: Site, name: string): boolean {
  const found =
    feeds.find((feed) => feed.name === name) ?? families.find(({ family }) => name.startsWith(`${family}/`));
  return found?.where?.breaking === undefined && found?.where?.change === undefined;
}

/** The version as the newsroom sent it, without the phase to which time has brought it. */
function sentVersion(version: string): string {
  return version.replace(/\/phase-\d+$/, "");
}
