/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Records in one stream or array: a whole day of a large agency, a hundred times over. */
export const MAX_STREAM_RECORDS = 1_000_000;
