import { FlashwireError } from "../core/errors.ts";
import { DamagedError } from "../store/damage.ts";
import type { Expected, Store, StoredObject } from "../store/port.ts";

/** An object cannot be read as what its key says, or is missing though it must be there. The damage is not the wire's. */
export class UnreadableError extends FlashwireError {
  readonly key: string;
  /** What a write that replaces the object has to expect. */
  readonly found: Expected;

  constructor(key: string, found: Expected, cause?: unknown) {
    const wrong = found === "missing" ? "is gone" : "cannot be read";
    // The store has words of the operating system.
    const said = cause instanceof DamagedError ? `: ${cause.message}` : ".";
    super("unreadable", `What is stored under ${key} ${wrong}${said}`, [], { cause });
    this.key = key;
    this.found = found;
  }
}

/** The object under this key. Throws an UnreadableError for one whose bytes the store cannot give. */
export async function getStored(store: Pick<Store, "get">, key: string): Promise<StoredObject | undefined> {
  try {
    return await store.get(key);
  } catch (error) {
    throw error instanceof DamagedError ? new UnreadableError(key, error.found, error) : error;
  }
}

/** The object as JSON. Throws an UnreadableError for bytes that are not JSON, or not `right`. */
export function parseStored<T>(key: string, stored: StoredObject, right: (value: Partial<T>) => boolean): T {
  let value: T;
  try {
    value = JSON.parse(textOf(stored.body));
    if (value !== null && right(value)) return value;
  } catch (cause) {
    throw new UnreadableError(key, { etag: stored.etag }, cause);
  }
  throw new UnreadableError(key, { etag: stored.etag });
}

/** Without a copy of the bytes. */
const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, byteLength).toString();

/** What is read, or the error that says why it cannot be read: for callers that go on without it. */
export async function orUnreadable<T>(reading: Promise<T>): Promise<T | UnreadableError> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof UnreadableError) return error;
    throw error;
  }
}
