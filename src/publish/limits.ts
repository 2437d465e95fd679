/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** References in the windows that a warm process remembers, 250 bytes each: a thousand feeds of the usual size. */
export const MAX_CACHED_REFERENCES = 200_000;
