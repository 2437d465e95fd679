/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Feeds that one article may ever have been in: a kill has to reach each of them. */
export const MAX_PLACEMENTS = 512;

/** Records of a stream worked on at once: while some are synced together, others are read. */
export const STREAM_CONCURRENCY = 128;

/** Bytes of those records as they came: 16 of the largest, each of which takes some 6 MB of memory while it is worked on. */
export const STREAM_BYTES = 16 * 1_048_576;

/**
 * Refused records, and records with warnings, that the result of a file of the inbox names, each with what one answer
 * lists at the most: enough to mend its source.
 */
export const MAX_INBOX_PROBLEMS = 1_000;

/** Bytes of a file of the inbox from which no further record joins a batch: with what is made of them, some 50 MB of memory. */
export const INBOX_BATCH_BYTES = 4 * 1_048_576;

/** Contents that a record remembers as replaced: more edits than an editor makes within the digits of one date. */
export const MAX_REPLACED = 16;

/** Changes that the wire keeps of an article whose record names none: a reader looks at the last few. */
export const MAX_HISTORY = 20;
