import { pagesOf, wholeOf } from "../core/pages.ts";

/** Keeps the memory of written documents for the next documents. */
export type SpareMemory = {
  /** A buffer of this many bytes. Its content is undefined. */
  take(bytes: number): Buffer;
  /** Takes back a buffer that `take` answered. The caller must not use the buffer any more. */
  give(taken: Uint8Array): void;
};

/**
 * Documents are by far the largest things that a publishing process makes. New memory for each took a third of the
 * time: the system has to clear it, and the collector runs for every few dozen. The pool keeps at most `maxBytes`.
 */
export function spareMemory(maxBytes: number): SpareMemory {
  const spare = new Map<number, Buffer[]>();
  let kept = 0;
  return {
    take(bytes) {
      // Powers of two, so that a document which has grown a little still finds room.
      const capacity = 2 ** Math.ceil(Math.log2(Math.max(bytes, 1)));
      const memory = spare.get(capacity)?.pop();
      if (memory !== undefined) kept -= capacity;
      return (memory ?? pagesOf(capacity)).subarray(0, bytes);
    },

    give(taken) {
      const memory = wholeOf(taken);
      const capacity = memory.byteLength;
      if (kept + capacity > maxBytes) return;
      kept += capacity;
      const others = spare.get(capacity);
      if (others) others.push(memory);
      else spare.set(capacity, [memory]);
    },
  };
}

/** The pieces in one buffer. */
export function joined(spare: SpareMemory, pieces: Buffer[]): Buffer {
  const whole = spare.take(pieces.reduce((total, { byteLength }) => total + byteLength, 0));
  let end = 0;
  for (const piece of pieces) {
    whole.set(piece, end);
    end += piece.byteLength;
  }
  return whole;
}
