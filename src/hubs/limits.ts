/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Topics in one request to a hub that takes many: an article in six feeds has eighteen documents. */
export const MAX_TOPICS_PER_REQUEST = 20;

/** Requests to one hub at the same time: a hub is somebody else's machine. */
export const MAX_REQUESTS_AT_ONCE = 4;

/** Time of one request, milliseconds: a hub takes a ping down and fetches later, so a healthy one answers in a second. */
export const PING_MS = 10_000;

/** Redirects of a ping: a hub that moved answers with one. */
export const MAX_PING_REDIRECTS = 2;

/** A hub's answer to a ping may be so long: the wire wants nothing of it but some words for the log. */
export const MAX_ANSWER_BYTES = 65_536;

/** The log shows so much of a hub's words: enough for a sentence or two that say why it refused. */
export const MAX_WORDS = 300;

/** The longest pause that a hub may ask for, milliseconds: with a longer one a mistake of the hub would silence the wire. */
export const MAX_RETRY_AFTER_MS = 900_000;
