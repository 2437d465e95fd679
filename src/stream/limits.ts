/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Records in one stream or array: a whole day of a large agency, a hundred times over. */
export const MAX_STREAM_RECORDS = 1_000_000;

/**
 * Bytes that a packed file may unpack to: a million records of 8 KB. To go on in such a file a function unpacks it from
 * its start, which takes a third of its five minutes at this size.
 */
export const MAX_UNPACKED_BYTES = 8 * 1_073_741_824;

/** Bytes that are unpacked at once: some records, so that few calls leave JavaScript. */
export const UNPACKED_CHUNK_BYTES = 65_536;
