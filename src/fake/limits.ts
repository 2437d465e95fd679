/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts. A fake wire holds everything in memory.
 */

/** Stories of one fake wire: some 200 MB with their documents and their older copies. */
export const MAX_STORIES = 10_000;

/** Steps of a newsroom, of a script too: a page of the log holds 256 changes, so that makes some 400 pages. */
export const MAX_STEPS = 100_000;

/** Steps of a seeded newsroom whose user names no number: a quarter of an hour and more, and some closed pages of the log. */
export const DEFAULT_STEPS = 1_000;

/** Records of one step: they are in memory together, and are published together. */
export const MAX_PUT = 1_000;

/** Bytes of a script: MAX_STEPS of the usual size. */
export const MAX_SCRIPT_BYTES = 33_554_432;

/** Seconds from the beginning of a newsroom to its last step: 400 days, as far as a story may be scheduled. */
export const MAX_AT = 34_560_000;

/** The longest pause between two steps, milliseconds: nobody's test waits for longer. */
export const MAX_WAIT_MS = 60_000;

/** The longest slow answer, milliseconds: more than the patience of any client. */
export const MAX_SLOW_MS = 120_000;

/** How long a slow answer takes unless the user says otherwise, milliseconds: longer than the open page is kept, which is 1 s. */
export const SLOW_MS = 2_000;

/** Seconds that a busy answer asks for. */
export const RETRY_AFTER = 1;

/** Faults that a script has ordered and that no request has met yet. */
export const MAX_ORDERED = 10_000;

/** Older copies of one document: caches of several edges differ by no more. */
export const OLDER_COPIES = 3;

/** Bytes of all older copies: those of the documents that changed last. */
export const MAX_OLDER_BYTES = 67_108_864;

/** Paths whose requests are counted: more than the documents of MAX_STORIES. */
export const MAX_PATHS = 50_000;

/** Steps that failed and that the state of a newsroom names: a screen or two. */
export const MAX_PROBLEMS = 100;
