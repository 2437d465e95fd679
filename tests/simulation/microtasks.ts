/**
 * Resolves when no promise has anything left to do. Node runs what `process.nextTick` was given only then, a twentieth of the
 * price of a turn of the event loop.
 */
export const microtasksDone = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** Resolves after a turn of the event loop, in which other code that waits for such a turn continues. */
export const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
