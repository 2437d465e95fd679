import { DIGEST_RETRY_MS, MAX_RETRY_MS, MAX_STORY_BYTES, QUICK_TRIES, STALE_RETRY_MS } from "./limits.ts";
import type { Change, Cursor, Item, Withdrawal } from "./log.ts";
import { type Fetch, FollowError, get, parse } from "./request.ts";

/** What a consumer needs of the world. `base`: the address below which the wire stands. */
export type Web = {
  fetch: Fetch;
  base: URL;
  signal(): AbortSignal | undefined;
  digest(bytes: Uint8Array): Promise<string> | string;
};

/** The document of a story: a JSON Feed item, its stub, or nothing but its identity. */
export type StoryDocument = {
  id: string;
  _flashwire: { story: StoryState; [member: string]: unknown };
  [member: string]: unknown;
};

/** `status`: `published`, `removed`, `withdrawn` or `purged`. `order`: its plain order as text is that of the versions. */
export type StoryState = {
  id: string;
  version: string;
  order: string;
  status: string;
  feeds: string[];
  updated: string;
  after?: Withdrawal;
};

/** A story as the wire shows it: the version that `named` names, or a newer one. `digest`: of `bytes`, as RFC 9530 writes it. */
export type Story = {
  id: string;
  guid: string;
  version: string;
  order: string;
  status: string;
  digest: string;
  document: StoryDocument;
  bytes: Uint8Array;
  /** The change, or the item of the snapshot, because of which it was read. */
  named: Change | Item;
};

/** A story that is named and has not come yet. */
export type Held = {
  named: Change | Item;
  /** The cursor of a consumer that does not have the story yet. */
  before: Cursor;
  /** When to ask for it, milliseconds. */
  due: number;
  tries: number;
  /** The digest that it had instead of that of its change. */
  seen?: string;
};

/** Why a story did not come, and when to ask again. `isRefused`: the wire does not answer as it should. */
export type Missing = { why: FollowError; retryIn: number; isRefused: boolean };

/** Asks for a story. Notes in `held` what it saw. */
export async function askForStory(web: Web, held: Held): Promise<Story | Missing> {
  const { named, tries } = held;
  const url = new URL(named.href, web.base);
  const late = (why: string) => missing(held, new FollowError(`${url.href} ${why}.`), STALE_RETRY_MS);
  if (url.origin !== web.base.origin) return late("is no address of this wire");
  try {
    const answer = await get(
      web.fetch,
      url.href,
      { maxBytes: MAX_STORY_BYTES, again: tries > 0 },
      web.signal(),
    );
    // Nobody asked for a change of a copy.
    if (answer === "unchanged") return late("answers 304");
    const { bytes } = answer;
    const document = parse(url.href, bytes, isStory);
    const { id, version, order, status } = document._flashwire.story;
    if (id !== named.id) return late(`is the story ${id}`);
    // A cache has not heard of the new version.
    if (order < named.order) return late("is older than the change that names it");
    const digest = await web.digest(bytes);
    if (order === named.order && digest !== named.digest && digest !== held.seen) {
      held.seen = digest;
      return missing(
        held,
        new FollowError(`${url.href} has another digest than its change.`),
        DIGEST_RETRY_MS,
      );
    }
    return { id, guid: document.id, version, order, status, digest, document, bytes, named };
  } catch (error) {
    if (!(error instanceof FollowError)) throw error;
    // A story that is missing or cut off counts as an old copy; all other failures concern the whole wire.
    const isLate = error.status === 404 || error.status === 200;
    return { ...missing(held, error, Math.max(error.retryAfter, STALE_RETRY_MS)), isRefused: !isLate };
  }
}

function missing({ tries }: Held, why: FollowError, pause: number): Missing {
  const longer = pause * 2 ** Math.max(0, tries - QUICK_TRIES);
  return { why, retryIn: Math.max(pause, Math.min(longer, MAX_RETRY_MS)), isRefused: false };
}

function isStory(value: unknown): value is StoryDocument {
  const { id, _flashwire } = (value ?? {}) as Partial<StoryDocument>;
  const { id: form, version, order, status } = _flashwire?.story ?? {};
  return [id, form, version, order, status].every((text) => typeof text === "string");
}
