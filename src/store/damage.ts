import { FlashwireError } from "../core/errors.ts";

/**
 * An object is there, and the store cannot give its bytes, while it gives others: a bad block of the disk, or what a hand has
 * put in its place. `found` is what a write over the object has to expect.
 */
export class DamagedError extends FlashwireError {
  readonly found: { etag: string };

  constructor(message: string, found: { etag: string }, cause: unknown) {
    super("storage", message, [], { cause });
    this.found = found;
  }
}
