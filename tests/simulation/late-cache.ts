import type { Fetch } from "../../src/consumer/request.ts";
import { isClosedKey } from "../../src/core/keys.ts";
import type { Store } from "../../src/store/port.ts";
import type { Random } from "./random.ts";

/** One run of a partner's program: it may end at any of its turns, and the network fails it now and then. */
export type Program = { turn(): Promise<void>; fails(): boolean };

/** What stood under a key, and since when, in the milliseconds of the partner. Nothing: a cache keeps that, too. */
type Version = { body: Uint8Array | undefined; since: number };

/** How old a copy may be, milliseconds: as long as caches keep a story. Nothing depends on the age of an open page. */
const MAX_AGE_MS = 5_000;
const LATE = 0.2;
const SLOW = 0.15;
const MAX_SLOW_TURNS = 40;

/** The place of the CDN at which one partner reads: an answer of five is an older copy. */
export class LateCache {
  readonly counts = { lateAnswers: 0, snapshotsRead: 0 };
  readonly #store: Store;
  readonly #random: Random;
  readonly #now: () => number;
  readonly #versions = new Map<string, Version[]>();
  #problem: string | undefined;

  constructor(store: Store, { random, now }: { random: Random; now: () => number }) {
    this.#store = store;
    this.#random = random;
    this.#now = now;
  }

  /** A page that an open page promises, and that was not there. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** `body`: none where the object was deleted. */
  onChange(key: string, body?: Uint8Array): void {
    const versions = this.#versions.get(key) ?? [{ body: undefined, since: Number.NEGATIVE_INFINITY }];
    versions.push({ body, since: this.#now() });
    this.#versions.set(key, versions);
  }

  /** `fetch` as a program has it. */
  fetchOf(program: Program): Fetch {
    return async (url, { headers }) => {
      await program.turn();
      const random = this.#random;
      if (program.fails()) return this.#refusal();
      const body = await this.#read(decodeURIComponent(new URL(url).pathname.slice(1)));
      if (random.chance(SLOW))
        for (let turns = random.below(MAX_SLOW_TURNS); turns >= 0; turns--) await program.turn();
      if (program.fails()) throw new TypeError("fetch failed");
      if (body === undefined) return new Response("Nothing stands here.", { status: 404 });
      const etag = `"${this.#store.etagOf(body)}"`;
      if ((headers as Record<string, string> | undefined)?.["If-None-Match"] === etag)
        return new Response(null, { status: 304, headers: { ETag: etag } });
      const isCutOff = program.fails();
      const sent = isCutOff ? body.slice(0, random.below(body.length)) : body;
      return new Response(sent as Uint8Array<ArrayBuffer>, { headers: { ETag: etag } });
    };
  }

  async #read(key: string): Promise<Uint8Array | undefined> {
    const stored = await this.#store.get(key);
    // A partner asks for a page because of an open page that it has read.
    if (isClosedKey(key) && stored === undefined)
      this.#problem ??= `a reader finds a gap: ${key} is not there`;
    if (key.startsWith("snapshots/")) this.counts.snapshotsRead++;
    const old = this.#olderOf(key);
    if (old.length === 0 || !this.#random.chance(LATE)) return stored?.body;
    this.counts.lateAnswers++;
    return this.#random.pick(old).body;
  }

  /** The copies that no cache has to have thrown away. */
  #olderOf(key: string): Version[] {
    const versions = this.#versions.get(key) ?? [];
    const oldest = this.#now() - MAX_AGE_MS;
    return versions.filter((_, i) => (versions[i + 1]?.since ?? Number.NEGATIVE_INFINITY) > oldest);
  }

  #refusal(): Response {
    const status = this.#random.pick([429, 500, 503]);
    const headers = this.#random.chance(0.3) ? { "Retry-After": "3" } : undefined;
    return new Response("Not now.", { status, ...(headers && { headers }) });
  }
}
