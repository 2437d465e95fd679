/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Read of a dropped file at once: no connection waits while its records are worked on, and a broken one costs little. */
export const DROP_PART_BYTES = 8 * 1_048_576;

/** Handed on of such a part at once, so that what a batch has read is known closely. */
export const DROP_CHUNK_BYTES = 65_536;

/** Left of a function's time when a dropped file is put down to be gone on with, milliseconds. */
export const DROP_RESERVE_MS = 20_000;

/** Left of the sweep's time when it stops looking for further work, milliseconds. */
export const SWEEP_RESERVE_MS = 25_000;
