import type { Store } from "../../src/store/port.ts";
import { bytes } from "../contract/facts/fact.ts";

const ROUNDS = 21;

/** Linux waits so long with the acknowledgement of a part of an answer. */
const DELAYED_MS = [35, 60] as const;

/** How long a small request takes, and what may be the reason where each takes about 40 ms. */
export async function timesOf(store: Store): Promise<string[]> {
  const puts: number[] = [];
  const gets: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    puts.push(await timed(() => store.put("time/x", bytes(String(n)))));
    gets.push(await timed(() => store.get("time/x")));
  }
  const [put, get] = [median(puts), median(gets)];
  const times = `time       a small PUT takes ${put.toFixed(1)} ms, a small GET ${get.toFixed(1)} ms (median of ${ROUNDS})`;
  return [put, get].some(isDelayed) ? [times, HINT] : [times];
}

const HINT =
  "           About 40 ms is how long TCP waits where a server sends head and body apart: look whether it sets " +
  "TCP_NODELAY (Ceph RGW: `tcp_nodelay=1` in rgw_frontends).";

export function isDelayed(milliseconds: number): boolean {
  return milliseconds >= DELAYED_MS[0] && milliseconds <= DELAYED_MS[1];
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
