import type { Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import { createApp } from "../http/app.ts";
import { tokensFrom } from "../http/auth.ts";
import { articleIdOf } from "../repository/records.ts";
import { createServices, type Parts, type Services } from "../services.ts";
import { decorate } from "../store/decorate.ts";
import { MemoryStore } from "../store/memory.ts";
import { CONFLICT, type Store } from "../store/port.ts";
import { never } from "../upkeep/deps.ts";
import { createUpkeep } from "../upkeep/tick.ts";
import { MAX_STORIES } from "./limits.ts";
import { type OlderCopies, withOlderCopies } from "./older.ts";
import { seededRandom } from "./random.ts";
import { fakeSite } from "./site.ts";

/** The token for writing to a fake wire. */
export const FAKE_TOKEN = "fake";

/** The real wire on stores in memory, with the time and the chance of its newsroom. */
export type FakeWire = {
  services: Services;
  app: Hono;
  older: OlderCopies;
  /** Milliseconds since 1970. It moves with the steps of the newsroom alone. */
  clock: { now: number };
  /** Publishes what was written since, as the events of a bucket do. Throws where that fails. */
  publishEvents(): Promise<void>;
  /** Does what time has brought. */
  tick(): Promise<void>;
};

export type WireOptions = { origin: string; seed: number; begins: number };

/** Begins with empty feeds and an empty log. `outside.sleep` paces writers that meet; the newsroom alone never needs it. */
export async function openFakeWire(
  { origin, seed, begins }: WireOptions,
  { sleep, log }: Pick<Parts, "sleep" | "log">,
): Promise<FakeWire> {
  const clock = { now: begins };
  const now = () => clock.now;
  const written = new Set<string>();
  const older = withOlderCopies(new MemoryStore(now));
  const stores = { newsroom: withEvents(new MemoryStore(now), written), published: older.store };
  const site = fakeSite(origin);
  const services = createServices({ site, stores, log, now, random: seededRandom(seed).next, sleep });
  const upkeep = createUpkeep(services, { settlesMs: 0, auditsAtStart: false });
  const tick = async () => failing((await upkeep.tick(never)).failed);
  await upkeep.begin();
  await tick();
  return {
    services,
    app: createApp({
      services,
      tokens: tokensFrom(FAKE_TOKEN),
      publish: async (ids) => (await services.publisher.publish(ids)).left,
    }),
    older,
    clock,
    async publishEvents() {
      const ids = [...written];
      written.clear();
      if (ids.length === 0) return;
      const { left, failed } = await services.publisher.publish(ids);
      failing([...left.keys(), ...failed.map(({ feed }) => feed)]);
    },
    tick,
  };
}

/** Notes which records are written. Refuses those of more stories than a fake wire has. */
function withEvents(store: Store, written: Set<string>): Store {
  const ids = new Set<string>();
  return decorate(store, () => ({
    async put(key, body, options) {
      const id = articleIdOf(key);
      if (id !== undefined && !ids.has(id) && ids.size >= MAX_STORIES)
        throw new FlashwireError("storage", `A fake wire has at most ${MAX_STORIES} stories.`);
      const etag = await store.put(key, body, options);
      if (id !== undefined && etag !== CONFLICT) {
        ids.add(id);
        written.add(id);
      }
      return etag;
    },
  }));
}

function failing(names: string[]): void {
  if (names.length > 0) throw new Error(`The fake wire could not publish ${names.join(", ")}.`);
}
