import { Readable } from "node:stream";
import { brotliCompressSync, constants, createBrotliCompress, createGzip, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Coding, unpack } from "../../src/stream/unpack.ts";
import { liveBytes } from "../support/memory.ts";
import { cut } from "./support.ts";

const FAR = Number.POSITIVE_INFINITY;
const PACK = {
  gzip: (text: Uint8Array) => gzipSync(text),
  br: (text: Uint8Array) => brotliCompressSync(text),
};
const CODINGS: (keyof typeof PACK)[] = ["gzip", "br"];

async function unpacked(bytes: Uint8Array, coding: Coding, size = 1_000, max = FAR): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of unpack(cut(bytes, size), coding, max)) parts.push(part);
  return Buffer.concat(parts);
}

const TEXT = Buffer.from("All the news that fits. ".repeat(500));
const WRONG = "malformed";

describe.each(CODINGS)("%s", (coding) => {
  const packed = PACK[coding](TEXT);

  test("when any bytes are packed and come in any pieces, they come out as they were", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5_000 }),
        fc.integer({ min: 1, max: 300 }),
        async (bytes, size) => {
          expect(await unpacked(PACK[coding](bytes), coding, size)).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: 100 },
    );
  });

  test("when a packed stream is cut off anywhere, it is refused as cut off", async () => {
    for (let length = 1; length < packed.byteLength; length++) {
      for (const size of [1, 1_000]) {
        const run = unpacked(packed.subarray(0, length), coding, size);
        await expect(run, `${length} bytes`).rejects.toMatchObject({
          code: WRONG,
          message: expect.stringContaining("is cut off"),
        });
      }
    }
  });

  test.each([1, 7, 100_000])(
    "when there is more behind its end, it is refused, in pieces of %i",
    async (size) => {
      const more = Buffer.concat([packed, Buffer.from("\n{}")]);
      await expect(unpacked(more, coding, size)).rejects.toMatchObject({ code: WRONG });
    },
  );

  test("when it is something else, it is refused", async () => {
    await expect(unpacked(Buffer.from('[{"id":1}]'), coding)).rejects.toMatchObject({
      code: WRONG,
      message: expect.stringContaining("This is not whole"),
    });
  });

  test("when there are no bytes at all, none come out", async () => {
    expect((await unpacked(Buffer.alloc(0), coding)).byteLength).toBe(0);
  });

  test("when it holds more than may be unpacked, it is refused, and no more than a piece is in memory", async () => {
    const max = 100 * 1_048_576;
    const before = liveBytes();
    let peak = 0;
    let size = 0;
    const all = async () => {
      for await (const part of unpack(cut(await bomb(coding), 65_536), coding, max)) {
        size += part.byteLength;
        if (size % (20 * 1_048_576) < part.byteLength) peak = Math.max(peak, liveBytes() - before);
      }
    };
    await expect(all()).rejects.toMatchObject({ code: "too-large" });
    expect(size).toBeLessThanOrEqual(max);
    expect(size).toBeGreaterThan(max / 2);
    expect(peak).toBeLessThan(20 * 1_048_576);
  });

  test("when the source fails, its error comes through; a reader that stops closes the source", async () => {
    let isClosed = false;
    async function* source() {
      try {
        yield packed.subarray(0, 20);
        throw new Error("connection lost");
      } finally {
        isClosed = true;
      }
    }
    const all = async () => {
      for await (const _ of unpack(source(), coding, FAR));
    };
    await expect(all()).rejects.toThrow("connection lost");
    expect(isClosed).toBe(true);
    isClosed = false;
    async function* endless() {
      try {
        for (;;) yield packed;
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of unpack(endless(), coding, FAR)) break;
    expect(isClosed).toBe(true);
  });
});

/** 200 MB of blanks, a few hundred kilobytes or less when they are packed. */
async function bomb(coding: Coding): Promise<Buffer> {
  const blanks = Buffer.alloc(1_048_576, " ");
  const packer =
    coding === "gzip"
      ? createGzip()
      : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } });
  const parts: Buffer[] = [];
  const source = Readable.from(Array.from({ length: 200 }, () => blanks));
  for await (const part of source.pipe(packer)) parts.push(part);
  const packed = Buffer.concat(parts);
  expect(packed.byteLength).toBeLessThan(1_048_576);
  return packed;
}

test("when several gzip files stand one behind the other, they are one; zeros behind them are no matter", async () => {
  const [a, b] = ["first\n", "second\n"].map((text) => gzipSync(text)) as [Buffer, Buffer];
  const both = Buffer.concat([a, b, Buffer.alloc(20)]);
  for (const size of [1, 5, 1_000]) {
    expect((await unpacked(both, "gzip", size)).toString()).toBe("first\nsecond\n");
  }
});

test("when the checksum is wrong, gzip is refused", async () => {
  const packed = gzipSync(TEXT);
  packed[packed.byteLength - 6] = (packed[packed.byteLength - 6] ?? 0) ^ 1;
  await expect(unpacked(packed, "gzip")).rejects.toMatchObject({ message: expect.stringContaining("check") });
});
