import { FlashwireError } from "../core/errors.ts";
import type { StoredObject } from "../store/port.ts";

/** In the place of an ETag: there is no object. */
export const MISSING = "missing";

/** An object that is not what belongs under its key, or is not there though it must be; not the wire's doing. */
export class UnreadableError extends FlashwireError {
  readonly key: string;
  /** A write that replaces it needs its ETag; or MISSING. */
  readonly etag: string;

  constructor(key: string, etag: string, cause?: unknown) {
    const wrong = etag === MISSING ? "is gone" : "cannot be read";
    super("unreadable", `What is stored under ${key} ${wrong}.`, [], { cause });
    this.key = key;
    this.etag = etag;
  }
}

/** The object as JSON. Throws an UnreadableError for what is no JSON, or is not `right`. */
export function parseStored<T>(key: string, stored: StoredObject, right: (value: Partial<T>) => boolean): T {
  let value: T;
  try {
    value = JSON.parse(Buffer.from(stored.body).toString());
    if (value !== null && right(value)) return value;
  } catch (cause) {
    throw new UnreadableError(key, stored.etag, cause);
  }
  throw new UnreadableError(key, stored.etag);
}

/** What is read, or the error that says why it cannot be: for callers to whom that is no failure. */
export async function orUnreadable<T>(reading: Promise<T>): Promise<T | UnreadableError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnreadableError) return error;
    throw error;
  }
}
