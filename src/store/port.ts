import { MAX_KEY_BYTES } from "./limits.ts";

/**
 * The port to an object store, with S3's vocabulary and S3's guarantees: strong read-after-write consistency, whole
 * objects, conditional writes (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html).
 * tests/contract/ holds what every implementation must do.
 *
 * Keys are 1 to 1,024 bytes of UTF-8, any characters but NUL, as in S3; others are refused. Listings are in bytewise order of the UTF-8 key.
 * An ETag is a quoted string that is a function of the bytes: the same bytes, the same ETag.
 * Anything but the answers below (network, permissions, disk) is thrown.
 */
export interface Store {
  /** The object, or undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>;

  /** The object without its body, or undefined when there is none. */
  head(key: string): Promise<ObjectHead | undefined>;

  /**
   * Writes the whole object and answers its ETag, or CONFLICT when the condition does not hold. A put whose answer
   * was lost may have been retried below this port and then answers CONFLICT although it won: callers read again.
   * Once it has answered an ETag, the memory of `body` is the caller's again.
   */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<string | typeof CONFLICT>;

  /**
   * Removes the object if it is there. With a condition it removes only the object with this ETag, and answers CONFLICT
   * where another one is there or none (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html).
   * A delete whose answer was lost may have been retried and then answers CONFLICT although it won: callers look again.
   * There are S3 servers that ignore the condition; `npm run conformance` tells whether one does.
   */
  delete(key: string, condition?: DeleteCondition): Promise<Deleted>;

  /**
   * The keys that begin with `prefix` and stand after `after` in bytewise order. Objects written or removed while
   * the listing goes on may or may not be in it; all others are in it exactly once.
   */
  list(prefix: string, after?: string): AsyncIterable<string>;

  /** The ETag that `put` of these bytes would answer; undefined where the store cannot foretell it. */
  etagOf(body: Uint8Array): string | undefined;
}

/** What a store with versions keeps of objects that were written over or removed. */
export interface Versions {
  /** The versions of the object, the newest first; markers of its removal are among them. */
  list(key: string): AsyncIterable<ObjectVersion>;

  /** One version of the object; undefined where there is none of this id, or it is the marker of a removal. */
  get(key: string, id: string): Promise<StoredObject | undefined>;

  /** Removes every version of the object but its newest, for good; answers how many there were. */
  forgetOld(key: string): Promise<number>;

  /** Removes them for every object whose key begins with `prefix`, removed objects included. */
  forgetOldBelow(prefix: string): Promise<number>;
}

/** One version of an object. `modified`: when it was written. */
export type ObjectVersion = { id: string; modified: Date; isNewest: boolean; isRemoval: boolean };

export type ObjectHead = {
  etag: string;
  /** When the object was last written. */
  modified: Date;
  /** Bytes. */
  size: number;
  /** The headers that the object was put with; undefined where the store keeps none. */
  contentType?: string;
  cacheControl?: string;
};

export type StoredObject = ObjectHead & { body: Uint8Array };

export type PutOptions = {
  /** `ifMatch`: only over the object with this ETag. `ifNoneMatch`: only where there is no object. */
  condition?: { ifMatch: string } | { ifNoneMatch: "*" };
  /**
   * The object takes its place when this is fulfilled; where it is rejected, the put is too and changes nothing. It may wait for no put
   * into the same store: puts that come together wait for each other.
   */
  after?: Promise<unknown> | undefined;
  /** Headers that the store keeps for the server of the object. */
  contentType?: string;
  cacheControl?: string;
};

/** `ifMatch`: the ETag of the one object that is to go. */
export type DeleteCondition = { ifMatch: string };

/** What a delete answers. */
export type Deleted = typeof CONFLICT | undefined;

/** What a conditional put or delete answers when its condition does not hold. */
export const CONFLICT = Symbol("conflict");

/** What a write expects to replace: the object with this ETag, or nothing. */
export type Expected = { etag: string } | "missing";

/** The condition that holds only while the object is as `head` found it. */
export function unchanged(head: { etag: string } | undefined): NonNullable<PutOptions["condition"]> {
  return head === undefined ? { ifNoneMatch: "*" } : { ifMatch: head.etag };
}

/** Throws a RangeError for an invalid object key. */
export function checkKey(key: string): void {
  const wrong =
    key === ""
      ? "is empty"
      : Buffer.byteLength(key) > MAX_KEY_BYTES
        ? `has more than ${MAX_KEY_BYTES} bytes`
        : key.includes("\0")
          ? "has a NUL character"
          : key.isWellFormed()
            ? undefined
            : "has half a surrogate pair";
  if (wrong !== undefined) throw new RangeError(`Not an object key, it ${wrong}: ${JSON.stringify(key)}`);
}
