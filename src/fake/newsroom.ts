import type { Parts } from "../services.ts";
import { type Expected, expectedCopy } from "./expected.ts";
import { MAX_PROBLEMS, MAX_WAIT_MS } from "./limits.ts";
import { type Desk, perform } from "./perform.ts";
import type { Step } from "./script.ts";

/** What the newsroom has done. `problem`: why the step could not be done. */
export type Done = { number: number; at: number; step: Step; problem?: string };

export type Progress = {
  /** Steps that were done. */
  steps: number;
  /** Seconds since the newsroom began, and the same as an instant. */
  at: number;
  now: string;
  /** Whether there is no step left. */
  isOver: boolean;
  isPaused: boolean;
  /** Steps that could not be done, the newest last. */
  problems: string[];
};

export type Newsroom = {
  progress(): Progress;
  /** Does as many of the next steps at once as are left, and answers how many it did. */
  next(count: number): Promise<number>;
  /** Does these steps at once, beside those that it has. Throws what the first of them throws that cannot be done. */
  perform(steps: Step[]): Promise<void>;
  /** Told between two steps. */
  expected(): Promise<Expected>;
  /** Publishes between two steps what others wrote. */
  publish(): Promise<void>;
  /** Does the steps one after the other until none is left, unless it is paused. */
  start(): void;
  close(): Promise<void>;
};

export type Pace = {
  /** How many times as fast as the steps say. */
  speed: number;
  /** Milliseconds between two steps, in the place of what the steps say. */
  every?: number | undefined;
  isPaused: boolean;
};

type Outside = Pick<Parts, "sleep"> & { onStep(done: Done): void };

export function createNewsroom(
  desk: Desk,
  plan: Iterator<Step>,
  { speed, every, isPaused }: Pace,
  { sleep, onStep }: Outside,
): Newsroom {
  const { clock, services } = desk.wire;
  const begins = clock.now;
  const turn = createTurns();
  const problems: string[] = [];
  const end = Promise.withResolvers<void>();
  let upcoming = plan.next();
  let [at, number, isClosed] = [0, 0, false];
  let running: Promise<void> | undefined;

  async function act(step: Step): Promise<void> {
    at = step.at === undefined ? at + 1 : Math.max(step.at, at);
    number++;
    clock.now = Math.max(begins + Math.round(at * 1_000), clock.now);
    const done = { number, at, step };
    try {
      await perform(desk, step);
    } catch (error) {
      const problem = `Step ${number}: ${error instanceof Error ? error.message : error}`;
      problems.push(problem);
      problems.splice(0, problems.length - MAX_PROBLEMS);
      onStep({ ...done, problem });
      throw error;
    }
    onStep(done);
  }

  /** Answers whether there was a step. One that cannot be done is told in `problems`. */
  async function actNext(): Promise<boolean> {
    if (upcoming.done === true || isClosed) return false;
    const step = upcoming.value;
    upcoming = plan.next();
    await act(step).catch(() => {});
    return true;
  }

  async function run(): Promise<void> {
    while (!isClosed && upcoming.done !== true) {
      const gap = Math.max((upcoming.value.at ?? at + 1) - at, 0) * 1_000;
      await Promise.race([sleep(Math.min(every ?? gap / speed, MAX_WAIT_MS)), end.promise]);
      await turn(actNext);
    }
  }

  return {
    progress: () => ({
      ...{ steps: number, at, now: new Date(clock.now).toISOString() },
      ...{ isOver: upcoming.done === true, isPaused, problems },
    }),
    async next(count) {
      let done = 0;
      while (done < count && (await turn(actNext))) done++;
      return done;
    },
    async perform(steps) {
      for (const step of steps) await turn(() => act(step));
    },
    expected: () => turn(() => expectedCopy(services)),
    publish: () => turn(() => desk.wire.publishEvents()),
    start() {
      if (!isPaused) running ??= run();
    },
    async close() {
      isClosed = true;
      end.resolve();
      await running;
    },
  };
}

/** One after the other, in the order in which they are asked for. */
function createTurns(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const next = last.then(run);
    last = next.catch(() => {});
    return next;
  };
}

/** The plan up to its `max`-th step. An epoch that is begun then gets its snapshot, or consumers would wait for ever. */
export function* upTo(plan: Iterable<Step>, max: number): Generator<Step> {
  let left = max;
  let isUnfinished = false;
  if (left <= 0) return;
  for (const step of plan) {
    if (step.epoch !== undefined) isUnfinished = step.epoch === "begin";
    yield step;
    if (--left <= 0) break;
  }
  if (isUnfinished) yield { epoch: "finish" };
}
