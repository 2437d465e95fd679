/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** References in the windows that a warm process remembers, 250 bytes each: a thousand feeds of the usual size. */
export const MAX_CACHED_REFERENCES = 200_000;

/** Between two looks of a publisher that waits for another one, milliseconds: short beside a request to S3, which takes 30 and more. */
export const WAIT_MS = 5;

/**
 * Looks at a turn that nobody renews before its holder counts as dead: 5 s on S3, where a look takes 40 ms and more. A
 * holder that is slow and not dead loses nothing but some races.
 */
export const MAX_IDLE_LOOKS = 100;

/** Looks before a publisher goes on by itself: a quarter of a minute on S3, far below what a function has. */
export const MAX_LOOKS = 300;

/** Articles of all publishers that are brought into the feeds at once; the others wait for the next time. */
export const MAX_COMBINED = 500;

/** How often one publisher goes on for others before it gives the turn to one of them: its own caller waits. */
export const MAX_SERVINGS = 4;

/** Calls after the last sign of other publishers that still begin with taking the turn. */
export const RUSH_CALLS = 10;

/** Feeds that a publisher reads again before it knows which ones it needs: those of a handful of stories. */
export const MAX_GUESSED_FEEDS = 32;

/** Between two looks of the publisher that has the turn for notes of others, milliseconds: about two for each serving. */
export const WATCH_MS = 40;

/** The turn is renewed each so many of these looks: ten times before its holder counts as dead. */
export const RENEW_WATCHES = 5;

/** The longest pause of a kill that others keep from the log, milliseconds: somebody waits for the answer. */
export const MAX_KILL_BACKOFF_MS = 80;

/** Closed pages of the change log that one look for news reads: 1,024 changes, whose records are read in some seconds. */
export const NEWS_PAGES = 4;
