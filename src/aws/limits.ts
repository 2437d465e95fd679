/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Read of a file of the inbox at once: no connection waits while its records are worked on, and a broken one costs little. */
export const INBOX_PART_BYTES = 8 * 1_048_576;

/** Handed on of such a part at once, so that what a batch has read is known closely. */
export const INBOX_CHUNK_BYTES = 65_536;

/** Time of a function that is left when it stops reading a file of the inbox, which a later run continues; milliseconds. */
export const INBOX_RESERVE_MS = 20_000;

/** Left of a function's time when a tick stops looking for further work, milliseconds. */
export const TICK_RESERVE_MS = 25_000;

/** Left of a function's time when its stores are not asked any more, milliseconds: it answers for every record of a batch. */
export const ANSWER_RESERVE_MS = 3_000;

/** A reader would wait that long for a document; a tick has more than twice that left when it looks (TICK_RESERVE_MS). */
export const READER_TIMEOUT_MS = 10_000;

/** Keys of documents in a message to the function `hubs`: one hub takes as many in a quarter of the function's time. */
export const MAX_HUB_KEYS = 50;

/** The pause before a hub that failed is asked again, milliseconds, unless it asks for another one. */
export const HUB_RETRY_MS = 30_000;

/** Left of a function's time when no further ping is begun, milliseconds: one takes ten seconds at the most, and what is left is sent. */
export const HUBS_RESERVE_MS = 20_000;

/** SQS holds a message back for no longer (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html). */
export const MAX_DELAY_SECONDS = 900;

/** Left of a function's time when no further round of a source is begun, milliseconds: a site may need half of it for a page. */
export const FOLLOW_RESERVE_MS = 25_000;

/** Polls in a row that fail before somebody is told. */
export const MAX_SOURCE_FAILURES = 3;
