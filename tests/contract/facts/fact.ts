import type { Store } from "../../../src/store/port.ts";

/** Something that a store must do, checked on a real one: by `npm test` on ours, by `npm run conformance` on any S3. */
export type Fact = {
  /** A sentence of the form *when …, it …*. */
  name: string;
  /** What a wire loses on a store where this is not so. */
  loses: string;
  /** A wire runs without it. */
  isOptional?: true;
  /** Throws where it is not so. Its keys begin with a prefix that no other fact has. */
  check(world: World): Promise<void>;
};

export type World = {
  store: Store;
  /** Whether the store keeps this key. */
  keeps(key: string): boolean;
  /** Milliseconds by which the clock of the store may differ from that of this machine. */
  skew: number;
  /** How often each race is run: a server that checks first and writes later loses some of them only. */
  races: number;
};

export const bytes = (text: string) => Buffer.from(text);

export async function textOf(store: Store, key: string): Promise<string | undefined> {
  const stored = await store.get(key);
  return stored && Buffer.from(stored.body).toString();
}

export async function keysOf(store: Store, prefix: string, after?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix, after)) keys.push(key);
  return keys;
}

/** Some at a time: a server may allow few connections. */
export async function putAll(store: Store, keys: string[]): Promise<void> {
  for (let i = 0; i < keys.length; i += 20)
    await Promise.all(keys.slice(i, i + 20).map((key) => store.put(key, bytes("x"))));
}
