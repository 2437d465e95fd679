import fc from "fast-check";
import { expect, test } from "vitest";
import { fileEtag } from "../../../src/store/etag.ts";

test("when one bit of a file changes, or a byte is added at its end, its ETag changes; the same bytes have the same ETag", () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 20_000 }));
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(255), (size, place, fill) => {
      const bytes = Buffer.alloc(size, fill);
      const etag = fileEtag(bytes);
      expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
      expect(fileEtag(Buffer.from(bytes))).toBe(etag);
      expect(fileEtag(Buffer.concat([bytes, Buffer.alloc(1)]))).not.toBe(etag);
      const at = place % size;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (place % 8));
      expect(fileEtag(bytes)).not.toBe(etag);
    }),
    { numRuns: 200 },
  );
});
