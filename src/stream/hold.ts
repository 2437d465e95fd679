/** A stream whose beginning is looked at before it is read. */
export type Held = {
  /**
   * Gives chunk after chunk to `step`, and `undefined` at the end, until `step` answers something. Rejects with what
   * the stream throws.
   */
  look<T>(step: (chunk: Uint8Array | undefined) => T | undefined): Promise<T>;
  /** The whole stream, with what was looked at. Can be had once. */
  all(): AsyncIterable<Uint8Array>;
  /** Closes the stream, whether or not anything of it was read. */
  close(): Promise<void>;
};

/** Holds what is looked at in memory: the caller's `step` has to come to an end. */
export function hold(chunks: AsyncIterable<Uint8Array>): Held {
  const iterator = chunks[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  return {
    async look(step) {
      for (;;) {
        const { done, value } = await iterator.next();
        if (!done) seen.push(value);
        const found = step(done ? undefined : value);
        if (found !== undefined) return found;
        if (done) throw new Error("The end of a stream has to have an answer.");
      }
    },
    async *all() {
      for (let chunk = seen.shift(); chunk !== undefined; chunk = seen.shift()) yield chunk;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
