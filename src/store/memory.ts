import { md5Etag } from "./etag.ts";
import {
  CONFLICT,
  checkKey,
  type DeleteCondition,
  type Deleted,
  type ObjectHead,
  type PutOptions,
  type Store,
  type StoredObject,
} from "./port.ts";

/** Objects in memory: for tests, the simulator and the fake wire. */
export class MemoryStore implements Store {
  readonly #objects = new Map<string, StoredObject>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    return this.#objects.get(key);
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    const found = await this.get(key);
    if (found === undefined) return undefined;
    const { body: _, ...head } = found;
    return head;
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<string | typeof CONFLICT> {
    checkKey(key);
    if (options.after !== undefined) await options.after;
    const current = this.#objects.get(key);
    const { condition } = options;
    if (condition && ("ifMatch" in condition ? current?.etag !== condition.ifMatch : current !== undefined)) {
      return CONFLICT;
    }
    const etag = this.etagOf(body);
    // A copy: what is stored does not change when the caller uses its buffer again.
    const stored = { body: Buffer.from(body), etag, modified: new Date(this.#now()), size: body.byteLength };
    const { contentType, cacheControl } = options;
    this.#objects.set(key, {
      ...stored,
      ...(contentType === undefined ? {} : { contentType }),
      ...(cacheControl === undefined ? {} : { cacheControl }),
    });
    return etag;
  }

  async delete(key: string, condition?: DeleteCondition): Promise<Deleted> {
    checkKey(key);
    if (condition !== undefined && this.#objects.get(key)?.etag !== condition.ifMatch) return CONFLICT;
    this.#objects.delete(key);
    return undefined;
  }

  async *list(prefix: string, after?: string): AsyncIterable<string> {
    const keys = [...this.#objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => Buffer.from(key));
    const from = after === undefined ? undefined : Buffer.from(after);
    for (const key of keys.sort(Buffer.compare)) {
      if (from === undefined || Buffer.compare(key, from) > 0) yield key.toString();
    }
  }

  etagOf(body: Uint8Array): string {
    return md5Etag(body);
  }
}
