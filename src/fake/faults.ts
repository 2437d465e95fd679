import { LRUCache } from "lru-cache";
import { FlashwireError } from "../core/errors.ts";
import { MAX_ORDERED, MAX_PATHS } from "./limits.ts";
import { FAULTS, type Fault, type Mix, parseMix } from "./mix.ts";
import { seededRandom } from "./random.ts";

/** One request of the public, as chance sees it. `draw`: 0 up to but not including 1, for what else there is to choose. */
export type Chosen = { fault: Fault | undefined; draw: number };

export type Faults = {
  /** From now on faults come as this text says: see `parseMix`. */
  use(text: string): void;
  /** The next `count` requests whose path begins with `path` meet this fault. */
  order(fault: Fault, count: number, path: string): void;
  /** What the next request of this path meets; `canMeet` says whether the fault is possible there. */
  choose(path: string, canMeet: (fault: Fault) => boolean): Chosen;
  /** A request has met the fault. */
  count(fault: Fault): void;
  /** How the faults come, and how often each has come. */
  state(): { mix: Mix; given: Record<Fault, number> };
};

/**
 * Chance follows from the seed, the path, and the number of requests of this path before: a client that asks for the same in
 * the same order meets the same.
 */
export function createFaults(seed: number, text: string): Faults {
  let mix = parseMix(text);
  let ordered: { fault: Fault; path: string; left: number }[] = [];
  const asked = new LRUCache<string, number>({ max: MAX_PATHS });
  const given = Object.fromEntries(FAULTS.map((fault) => [fault, 0])) as Record<Fault, number>;

  function chosen(path: string, canMeet: (fault: Fault) => boolean, draw: number): Fault | undefined {
    const order = ordered.find((one) => path.startsWith(one.path) && canMeet(one.fault));
    if (order === undefined) return drawn(mix, draw, canMeet);
    order.left--;
    ordered = ordered.filter(({ left }) => left > 0);
    return order.fault;
  }

  return {
    use(next) {
      mix = parseMix(next);
    },
    order(fault, count, path) {
      if (ordered.length >= MAX_ORDERED)
        throw new FlashwireError(
          "invalid",
          `There are ${MAX_ORDERED} faults already that no request has met.`,
        );
      ordered.push({ fault, path, left: count });
    },
    choose(path, canMeet) {
      const number = (asked.get(path) ?? 0) + 1;
      asked.set(path, number);
      const random = seededRandom(hashOf(`${seed} ${path} ${number}`));
      return { fault: chosen(path, canMeet, random.next()), draw: random.next() };
    },
    count(fault) {
      given[fault]++;
    },
    state: () => ({ mix, given }),
  };
}

function drawn(mix: Mix, draw: number, canMeet: (fault: Fault) => boolean): Fault | undefined {
  let sum = 0;
  for (const fault of FAULTS) {
    sum += mix[fault] ?? 0;
    if (draw < sum) return canMeet(fault) ? fault : undefined;
  }
  return undefined;
}

/** FNV-1a: a whole number from 0 to 2³² − 1, the same for the same text. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
