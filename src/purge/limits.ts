/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** A file of the inbox that is rewritten in memory; a larger one is left to its owner, and the report says so. */
export const MAX_PURGED_FILE_BYTES = 1_073_741_824;

/** How long a purge waits for a file of the inbox that is being read, milliseconds: three runs of the function. */
export const INBOX_PATIENCE_MS = 900_000;

/** Between two looks at such a file, milliseconds. */
export const INBOX_LOOK_MS = 2_000;
