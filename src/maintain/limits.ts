/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Versions of one record that are looked at: more than a newsroom writes of one story in 90 days. */
export const MAX_VERSIONS = 200;

/** Records that are copied together, and published together where no event of a store does it. */
export const COPIED_AT_ONCE = 100;

/** Keys that a report of a copy names of each kind: the others are counted. */
export const MAX_NAMED = 100;
