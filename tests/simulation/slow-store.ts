import { WINDOWS } from "../../src/repository/windows.ts";
import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";
import type { Random } from "./random.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** What S3 needs from request to answer within a region, milliseconds. */
const LATENCY = { from: 30, to: 50 };

/** What the requests of a run came to. */
export type Traffic = { requests: number; windowPuts: number; lostWindowPuts: number };

export const noTraffic = (): Traffic => ({ requests: 0, windowPuts: 0, lostWindowPuts: 0 });

/** A shared store at the other end of a network. A request is carried out in the middle of its time. */
export function slowStore(store: Store, time: VirtualTime, random: Random, traffic: Traffic): Store {
  async function request<T>(carryOut: () => Promise<T>): Promise<T> {
    traffic.requests++;
    const latency = LATENCY.from + random.next() * (LATENCY.to - LATENCY.from);
    await time.sleep(latency / 2);
    const answer = await carryOut();
    await time.sleep(latency / 2);
    return answer;
  }
  return decorate(store, () => ({
    get: (key) => request(() => store.get(key)),
    head: (key) => request(() => store.head(key)),
    put: async (key, body, options) => {
      const etag = await request(() => store.put(key, body, options));
      if (key.startsWith(WINDOWS)) traffic.windowPuts++;
      if (key.startsWith(WINDOWS) && typeof etag !== "string") traffic.lostWindowPuts++;
      return etag;
    },
    delete: (key, condition) => request(() => store.delete(key, condition)),
    list: async function* (prefix, after) {
      const keys: string[] = [];
      await request(async () => {
        for await (const key of store.list(prefix, after)) keys.push(key);
      });
      yield* keys;
    },
  }));
}
