import { listen } from "../http/adapters/node.ts";
import type { Parts } from "../services.ts";
import { createControlled } from "./control.ts";
import { createFaults } from "./faults.ts";
import { createFront } from "./front.ts";
import { MAX_PUT } from "./limits.ts";
import { createNewsroom, type Done, type Pace, type Progress, upTo } from "./newsroom.ts";
import { type Desk, perform } from "./perform.ts";
import { seededPlan } from "./plan.ts";
import type { SentRecord, Step } from "./script.ts";
import { openFakeWire } from "./wire.ts";

export type { State } from "./control.ts";
export {
  DEFAULT_STEPS,
  MAX_SCRIPT_BYTES,
  MAX_SLOW_MS,
  MAX_STEPS,
  MAX_STORIES,
  MAX_WAIT_MS,
  SLOW_MS,
} from "./limits.ts";
export type { Done } from "./newsroom.ts";
export { wholeNumber } from "./numbers.ts";
export { actionOf, readScript } from "./script.ts";

export type FakeOptions = {
  /** 0 takes any free one. The address stands in documents, so bytes are the same only at the same port. */
  port: number;
  seed: number;
  /** Stories that the wire begins with, in the snapshot of its log. */
  stories: number;
  /** What happens then; without it the newsroom follows the seed. */
  script?: Step[] | undefined;
  /** After so many steps the newsroom is at rest. */
  steps: number;
  /** See `parseMix`. */
  faults: string;
  /** How long a slow answer takes, milliseconds. */
  slowMs: number;
  /** When the newsroom begins, milliseconds since 1970. */
  begins: number;
} & Pace;

/** The real clock and pauses: for the pace of the newsroom and of slow answers, and for nothing that a document shows. */
export type Outside = Pick<Parts, "now" | "sleep" | "log"> & { onStep(done: Done): void };

export type Fake = { url: string; progress(): Progress; close(): Promise<void> };

/**
 * A wire on this machine for tests of programs that read one. It answers when the first stories are there. Throws `invalid` for
 * faults that are none, and what Node throws where nobody may listen.
 */
export async function startFake(options: FakeOptions, outside: Outside): Promise<Fake> {
  const faults = createFaults(options.seed, options.faults);
  let answer: (request: Request) => Response | Promise<Response> = () => new Response(null, { status: 503 });
  const server = await listen(
    { fetch: (request) => answer(request) },
    { host: "127.0.0.1", port: options.port },
  );
  const wire = await openFakeWire({ ...options, origin: server.url }, outside);
  const desk: Desk = { wire, sent: new Map(), faults };
  const { first, steps } = seededPlan(options);
  await begin(desk, first);
  const newsroom = createNewsroom(desk, upTo(options.script ?? steps, options.steps), options, outside);
  const front = createFront(wire, faults, options.slowMs, outside);
  const app = createControlled({ wire, newsroom, faults, front, seed: options.seed });
  answer = (request) => app.fetch(request);
  newsroom.start();
  return {
    url: server.url,
    progress: newsroom.progress,
    async close() {
      await newsroom.close();
      await server.close();
    },
  };
}

/** The first stories are in the snapshot of an epoch. */
async function begin(desk: Desk, first: SentRecord[]): Promise<void> {
  for (let from = 0; from < first.length; from += MAX_PUT)
    await perform(desk, { put: first.slice(from, from + MAX_PUT) });
  if (first.length > 0) await perform(desk, { epoch: true });
}
