import { expect, test } from "vitest";
import { MIN_PAGED_BYTES } from "../../src/core/limits.ts";
import { pagesOf, wholeOf } from "../../src/core/pages.ts";

test.each([MIN_PAGED_BYTES - 1, MIN_PAGED_BYTES])(
  "when memory of %i bytes is taken, it has that many bytes, and each part of it leads to the whole memory",
  (bytes) => {
    const memory = pagesOf(bytes);
    expect(memory.byteLength).toBe(bytes);
    memory[bytes - 1] = 7;
    const whole = wholeOf(memory.subarray(3, 10));
    expect([whole.byteLength, whole[bytes - 1]]).toEqual([bytes, 7]);
  },
);

test("when memory is large, V8 maps pages for it alone; when memory is small, it comes from malloc", () => {
  expect((pagesOf(MIN_PAGED_BYTES).buffer as ArrayBuffer).resizable).toBe(true);
  expect((pagesOf(MIN_PAGED_BYTES - 1).buffer as ArrayBuffer).resizable).toBe(false);
});
