import { createHash } from "node:crypto";
import { CONFLICT, type ObjectHead, type PutOptions, type Store, type StoredObject } from "./port.ts";

/** Objects in memory: for tests and the simulator. */
export class MemoryStore implements Store {
  readonly #objects = new Map<string, StoredObject>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    return this.#objects.get(key);
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    return this.#objects.get(key);
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<string | typeof CONFLICT> {
    const current = this.#objects.get(key);
    const { condition } = options;
    if (condition && ("ifMatch" in condition ? current?.etag !== condition.ifMatch : current !== undefined)) {
      return CONFLICT;
    }
    const etag = this.etagOf(body);
    this.#objects.set(key, { body, etag, modified: new Date(this.#now()), size: body.byteLength });
    return etag;
  }

  async delete(key: string): Promise<void> {
    this.#objects.delete(key);
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
    return `"${createHash("md5").update(body).digest("hex")}"`;
  }
}
