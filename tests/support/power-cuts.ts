import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DiskCalls, nodeCalls } from "../../src/store/file/disk-calls.ts";
import { seededRandom } from "../simulation/random.ts";
import {
  type Choose,
  layOut,
  NEWEST,
  OLDEST,
  type SimulatedDisk,
  type State,
  simulatedDisk,
} from "./simulated-disk.ts";

/** A state in which a cut may have left the disk, and what has to be true of it. */
export type Cut<Expected> = { state: State; expected: Expected };

/** States that are tried of each step, besides the oldest and the newest one. */
const MORE_STATES = 2;

/** Runs the work on a simulated disk below an empty folder; answers the different cuts of all its steps. */
export async function cutsOf<Expected>(
  seed: number,
  expected: () => Expected,
  work: (disk: SimulatedDisk, root: string) => Promise<void>,
): Promise<Cut<Expected>[]> {
  const root = mkdtempSync(join(tmpdir(), "flashwire-disk-"));
  const disk = simulatedDisk(root, seededRandom(seed));
  const random = seededRandom(seed + 1_000_000);
  const any: Choose = (possibilities) => random.below(possibilities);
  const cuts = new Map<string, Cut<Expected>>();
  disk.onStep = () => {
    const now = expected();
    for (const choose of [OLDEST, NEWEST, ...Array<Choose>(MORE_STATES).fill(any)]) {
      const state = disk.afterCut(choose);
      cuts.set(digest([state, now]), { state, expected: now });
    }
  };
  try {
    await work(disk, root);
  } finally {
    rmSync(root, { recursive: true });
  }
  return [...cuts.values()];
}

/** Calls by which a check may write into what a cut has left: nothing cuts the power again, so nothing is synced. */
const unsynced: DiskCalls = { ...nodeCalls, fsyncSync: () => {}, fsync: async () => {} };

/** Calls `check` with a folder that holds what the cut has left. */
export async function afterCut(
  state: State,
  check: (root: string, calls: DiskCalls) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "flashwire-cut-"));
  try {
    layOut(root, state);
    await check(root, unsynced);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function digest(value: unknown): string {
  const hash = createHash("sha1");
  const add = (part: unknown): void => {
    if (part instanceof Map) {
      hash.update("{");
      for (const [name, content] of part) {
        hash.update(`${name}:`);
        add(content);
      }
      hash.update("}");
    } else if (Buffer.isBuffer(part)) hash.update(part);
    else if (Array.isArray(part)) for (const item of part) add(item);
    else hash.update(`${part},`);
  };
  add(value);
  return hash.digest("base64");
}
