import { createFaults } from "../../src/fake/faults.ts";
import { createFront } from "../../src/fake/front.ts";
import { createNewsroom, type Done, upTo } from "../../src/fake/newsroom.ts";
import { perform } from "../../src/fake/perform.ts";
import { seededPlan } from "../../src/fake/plan.ts";
import type { Step } from "../../src/fake/script.ts";
import { openFakeWire } from "../../src/fake/wire.ts";

const BEGINS = Date.parse("2026-01-01T12:00:00Z");

type Options = { seed?: number; stories?: number; steps?: number; script?: Step[]; faults?: string };

/** A fake wire without a network, whose newsroom waits for its test. Pauses take no time, and are counted. */
export async function fakeNewsroom({ seed = 1, stories = 0, steps, script, faults: mix = "none" }: Options) {
  const pauses: number[] = [];
  const done: Done[] = [];
  const clock = { now: 0 };
  const outside = {
    now: () => clock.now,
    sleep: async (milliseconds: number) => void pauses.push(milliseconds),
    log: () => {},
    onStep: (one: Done) => void done.push(one),
  };
  const wire = await openFakeWire({ origin: "https://wire.example.org", seed, begins: BEGINS }, outside);
  const faults = createFaults(seed, mix);
  const plan = seededPlan({ seed, stories, begins: BEGINS });
  const desk = { wire, faults, sent: new Map() };
  if (stories > 0) await perform(desk, { put: plan.first });
  const path = upTo(script ?? plan.steps, steps ?? script?.length ?? 1_000);
  const newsroom = createNewsroom(desk, path, { speed: 1, isPaused: true }, outside);
  const front = createFront(wire, faults, 2_000, outside);
  const get = (path: string, headers: Record<string, string> = {}) =>
    front.answer(new Request(`https://wire.example.org${path}`, { headers }));
  return { services: wire.services, newsroom, faults, front, get, pauses, done, clock };
}

/** The first steps of a seeded newsroom, and what it begins with. */
export function stepsOf(seed: number, count: number) {
  const { first, steps } = seededPlan({ seed, stories: 5, begins: BEGINS });
  return { first, steps: [...upTo(steps, count)] };
}
