/** The maxima of this folder, each with its reason. */

/**
 * Milliseconds within which a time counts as near: a function whose clock is ahead, or a tick that runs while a record is
 * on its way, may look at the reminder before the record is there.
 */
export const NEAR_MS = 600_000;
