import { MINUTE_MS } from "../core/limits.ts";
import { MAX_STORIES } from "./limits.ts";
import { type Random, seededRandom } from "./random.ts";
import type { SentRecord, Step } from "./script.ts";
import { moved, newStory, rewritten } from "./story-text.ts";

/** How many of a deck of steps do what. Each deck is shuffled, so that all of it happens within its length. */
const DECK = {
  ...{
    fresh: 9,
    update: 8,
    correct: 4,
    clarify: 2,
    flash: 2,
    move: 2,
    kill: 4,
    revive: 2,
    remove: 2,
    bring: 2,
  },
  ...{ again: 2, repeat: 2, flicker: 1, burst: 2, rest: 1 },
};

type Card = keyof typeof DECK | "epoch";

/** From one epoch to the next: changes enough for a closed page. The first deck has an epoch. */
const EPOCH_DECKS = 6;

/** Steps of the first deck, with both of its epoch. After so many steps everything has happened once. */
export const DECK_STEPS = Object.values(DECK).reduce((sum, count) => sum + count, 2);

/** Stories of a burst, at the most. */
const BURST = 12;

/** Seconds between two steps, at the most: between them lie 1.5 s on average. */
const GAP = 3;

type Tale = { record: SentRecord; version: number; is: "live" | "killed" | "removed" };

/** The newsroom as its plan knows it: what it sent, and what became of it. */
type Desk = { random: Random; tales: Tale[]; begins: number };

/** `begins`: when the newsroom begins, milliseconds since 1970. */
export type PlanOptions = { seed: number; stories: number; begins: number };

/**
 * The records with which a wire begins, and what its newsroom does then, without an end. Both follow from the options alone.
 * The records may be sent in pages of any size.
 */
export function seededPlan({ seed, stories, begins }: PlanOptions): {
  first: SentRecord[];
  steps: Generator<Step>;
} {
  const desk: Desk = { random: seededRandom(seed), tales: [], begins };
  const first = Array.from({ length: stories }, (_, i) => {
    const published = new Date(begins - (stories - i) * AGE_MS).toISOString();
    return { ...begin(desk), published, updated: published };
  });
  return { first, steps: steps(desk) };
}

/** Between two of the first stories. */
const AGE_MS = 10 * MINUTE_MS;

/** Seconds for which a story is breaking news. */
const BREAKING = 20;

function* steps(desk: Desk): Generator<Step> {
  const { random } = desk;
  let at = 0;
  let unfinished = 0;
  for (let deck = 0; ; deck++) {
    for (const card of shuffled(random, deck % EPOCH_DECKS === 0 ? ["epoch"] : [])) {
      at = Math.round((at + 0.001 + random.next() * GAP) * 1_000) / 1_000;
      // A client may meet an epoch that has no snapshot yet.
      if (unfinished > 0 && --unfinished === 0) yield { at, epoch: "finish" };
      if (card === "epoch") unfinished = 3;
      yield { at, ...stepOf(desk, card, at) };
    }
  }
}

function shuffled(random: Random, others: Card[]): Card[] {
  const names = Object.keys(DECK) as (keyof typeof DECK)[];
  const cards = names.flatMap((card) => Array<Card>(DECK[card]).fill(card));
  return [...others, ...cards]
    .map((card) => ({ card, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ card }) => card);
}

function stepOf(desk: Desk, card: Card, at: number): Step {
  const { random } = desk;
  switch (card) {
    case "fresh":
      return fresh(desk);
    case "burst":
      return burst(desk);
    case "repeat":
      return { repeat: 1 + random.below(5) };
    case "epoch":
      return { epoch: "begin" };
    case "rest":
      return { rest: true };
    case "revive":
      return withTale(desk, "killed", (tale) => become(tale, "live", { restore: tale.record.id }));
    case "bring":
      return withTale(desk, "removed", (tale) => become(tale, "live", { restore: tale.record.id }));
    default:
      return withTale(desk, "live", (tale) => touch(desk, tale, card, at));
  }
}

const LEVELS = ["flash", "bulletin", "urgent"];

const instantAt = (begins: number, at: number) => new Date(begins + at * 1_000).toISOString();

/** Where there is no such story, a new one. */
function withTale(desk: Desk, is: Tale["is"], touch: (tale: Tale) => Step): Step {
  const found = desk.tales.filter((tale) => tale.is === is);
  return found.length > 0 ? touch(desk.random.pick(found)) : fresh(desk);
}

function burst(desk: Desk): Step {
  const count = Math.min(3 + desk.random.below(BURST - 2), MAX_STORIES - desk.tales.length);
  return count > 0 ? { put: Array.from({ length: count }, () => begin(desk)) } : { rest: true };
}

function fresh(desk: Desk): Step {
  return desk.tales.length < MAX_STORIES ? { put: begin(desk) } : { rest: true };
}

function begin({ random, tales }: Desk): SentRecord {
  const record = newStory(random, tales.length + 1);
  tales.push({ record, version: 1, is: "live" });
  return record;
}

function become(tale: Tale, is: Tale["is"], step: Step): Step {
  tale.is = is;
  return step;
}

/** What befalls a story that is live. Its change and its breaking news last until its next version at the most. */
function touch({ random, begins }: Desk, tale: Tale, card: Card, at: number): Step {
  const { id } = tale.record;
  const next = (change: object): Step => {
    tale.version++;
    const { change: _, breaking: __, ...record } = rewritten(random, tale.record, tale.version);
    tale.record = { ...record, ...change } as SentRecord;
    return { put: tale.record };
  };
  switch (card) {
    case "correct":
      return next({ change: { kind: "correction", note: `Version ${tale.version} had a wrong number.` } });
    case "clarify":
      return next({ change: { kind: "clarification", note: "A sentence could be misread." } });
    case "flash":
      return next({ breaking: { level: random.pick(LEVELS), until: instantAt(begins, at + BREAKING) } });
    case "move":
      return next({ section: moved(random, tale.record).section });
    case "kill":
      return become(tale, "killed", {
        kill: id,
        ...(random.chance(0.5) && { notice: "The story was wrong." }),
      });
    case "remove":
      return become(tale, "removed", { remove: id });
    case "flicker":
      return { flicker: id };
    case "again":
      return { again: id };
    default:
      return next(at % 2 < 1 ? { change: { kind: "update" } } : {});
  }
}
