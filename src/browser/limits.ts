/** The maxima of this folder, each with its reason. Milliseconds. */

/** Between two looks at the wire: caches keep a page for half a minute. */
export const POLL_MS = 30_000;

/** The pause doubles with each poll that fails, up to this: a wire that is down is not asked by all its readers twice a minute. */
export const MAX_POLL_MS = 300_000;

/** Between two looks whether it is time to ask: a page that was hidden asks at once when it is seen again. */
export const LOOK_MS = 1_000;

/** A page that is younger than this when its script begins may have no date: a browser has the time of the load in its place. */
export const UNSAID_MS = 5_000;

/** How long a button says that it has copied: two words are read. */
export const SAID_MS = 2_000;

/** An hour: up to there a reader wants to know how long ago. */
export const HOUR_MS = 3_600_000;

/** Between the last key stroke and the search: a person who is still typing does not look yet. */
export const TYPING_MS = 100;

/** Feeds that a search shows: a person who gets more types further letters. */
export const MAX_FOUND = 50;
