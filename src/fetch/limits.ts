/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts. A caller may give other ones for its request; these hold where the caller gives none.
 */

/** Time of a whole request, redirects and body included, milliseconds: a slow site answers a large feed in less. */
export const TOTAL_MS = 60_000;

/** Time without a byte from the other side, milliseconds: a site that takes longer to begin is down for its readers too. */
export const IDLE_MS = 15_000;

/** Redirects in a row: a feed that moved behind http → https → www → new name has four. */
export const MAX_REDIRECTS = 5;

/** An answer as it comes over the wire has at most so many bytes: ten times the largest feeds in use. */
export const MAX_BYTES = 16 * 1_048_576;

/** An unpacked answer has at most so many bytes: feeds pack to a tenth and better, and memory has to hold what a caller takes whole. */
export const MAX_UNPACKED_BYTES = 64 * 1_048_576;

/** The headers of one answer have at most so many bytes, Node's own default: cookies and policies of large sites fill half of it. */
export const MAX_HEADER_BYTES = 16_384;

/** A requested address has at most so many characters, its escapes included: servers and proxies take them (RFC 9110 §4.1 asks for 8,000). */
export const MAX_URL = 8_192;

/** An error or a log shows so much of an address: an operator has to recognise it, and not to use it. */
export const MAX_SHOWN_URL = 300;
