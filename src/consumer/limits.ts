/** The maxima of this folder, each with its reason. */

/** Changes on a closed page of the log: a part of the form of the log, which never changes. */
export const PAGE_CHANGES = 256;

/** Milliseconds between two looks at the open page. Caches keep it for a second, so nobody gains by asking more often than that. */
export const POLL_EVERY_MS = 2_000;

/**
 * Stories that are named and not fetched yet, which the follower remembers, some 100 MB at the most: with fewer, each page is
 * read once. Pages behind them are read twice: for their kills at once, and for their stories when their turn comes.
 */
export const HELD_STORIES = 131_072;

/**
 * Stories that the follower remembers while it takes the snapshot. Pages of 1,000 stories are read twice then, which costs a
 * thousandth of what the stories cost, and the memory of a first copy stays small for a wire of any size.
 */
export const HELD_LISTED = 4_096;

/** Stories that are asked for at once: a CDN takes more, a small server gets by. */
export const STORIES_AT_ONCE = 16;

/** Stories in one batch: as many as a page has changes. Between two batches the follower looks for kills. */
export const BATCH_STORIES = 256;

/** Bytes of stories after which a batch is full, so that 256 long ones do not fill the memory. */
export const BATCH_BYTES = 4 * 1_048_576;

/** The largest page that is read: 256 changes with the longest ids in many feeds, and what a busy wire appended meanwhile. */
export const MAX_PAGE_BYTES = 32 * 1_048_576;

/** The largest story that is read: a record has at most 1 MiB, and JSON shows some characters as six. */
export const MAX_STORY_BYTES = 8 * 1_048_576;

/** Milliseconds until a story that is older than its change is asked for again: caches keep stories for 5 s. */
export const STALE_RETRY_MS = 5_000;

/** Milliseconds until a story with another digest is read again: longer than caches keep what both readings may have come from. */
export const DIGEST_RETRY_MS = 6_000;

/** Tries for a story at that pace: a minute. Then something is wrong with the wire, and the pause doubles … */
export const QUICK_TRIES = 12;

/** … up to this, milliseconds: a wire that is mended does not wait long for its partners. */
export const MAX_RETRY_MS = 60_000;

/** The first pause after a failed look at the log, milliseconds: a lost packet. It doubles up to MAX_RETRY_MS. */
export const FIRST_RETRY_MS = 1_000;

/** The longest pause that a server may ask for, milliseconds. */
export const MAX_ASKED_MS = 300_000;

/** Milliseconds for one request with its answer: a page on a slow line. */
export const REQUEST_MS = 30_000;

/** Milliseconds without any progress after which `once` gives up: a restart of the wire takes less. */
export const PATIENCE_MS = 60_000;

/**
 * Looks one after the other at a log that ends before the cursor, before `follow` reports it: a cache keeps the open page for a second,
 * and a node of a CDN that lags keeps it for some more.
 */
export const AHEAD_LOOKS = 5;

/**
 * Times in a row that the address answers with the same document that is no log, before `follow` gives up: a log that is cut off
 * looks alike, but seldom comes five times in a row.
 */
export const NO_LOG_LOOKS = 5;
