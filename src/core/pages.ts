import { MIN_PAGED_BYTES } from "./limits.ts";

/**
 * Memory of this many bytes, whose content is undefined. The system has large memory back as soon as it is garbage: V8 maps pages of
 * their own for a buffer that may change its size (https://tc39.es/ecma262/#sec-arraybuffer-constructor), while `malloc` keeps what lies
 * below anything that lives longer.
 */
export function pagesOf(bytes: number): Buffer {
  if (bytes < MIN_PAGED_BYTES) return Buffer.allocUnsafeSlow(bytes);
  return Buffer.from(new ArrayBuffer(bytes, { maxByteLength: bytes }), 0, bytes);
}

/** All of the memory from `pagesOf` that this is a part of. */
export function wholeOf({ buffer }: Uint8Array): Buffer {
  return Buffer.from(buffer, 0, buffer.byteLength);
}
