import { expect, test } from "vitest";
import { type Change, stateAfter } from "../../src/core/change.ts";
import type { Open } from "../../src/core/change-log.ts";
import type { Fault } from "../../src/fake/mix.ts";
import type { Step } from "../../src/fake/script.ts";
import { digestOf } from "../../src/repository/stories.ts";
import { fakeNewsroom } from "./support.ts";

/* A fake wire that finds no mistake proves nothing. */

const MISTAKES = [
  "takes an old story",
  "takes half a story",
  "takes a 404 for a kill",
  "moves on without what failed",
  "keeps what is removed",
  "goes back with an old log",
] as const;
type Mistake = (typeof MISTAKES)[number] | "none";

type Get = (path: string) => Promise<Response>;

/** A client of the open page alone. Its copy has the digests of the bytes that it took, by id. */
class SmallClient {
  readonly copy: Record<string, string> = {};
  readonly #get: Get;
  readonly #mistake: Mistake;
  #seq = 0;

  constructor(get: Get, mistake: Mistake) {
    this.#get = get;
    this.#mistake = mistake;
  }

  async look(): Promise<void> {
    const open = (await (await this.#get("/changes/open.json")).json()) as Open;
    const last = open.first + open.changes.length - 1;
    // A log that ends before the cursor is an old copy of a cache.
    if (last < this.#seq && this.#mistake !== "goes back with an old log") return;
    const isOld = last < this.#seq;
    const changes = open.changes.filter(({ seq }) => isOld || seq > this.#seq);
    let isWhole = true;
    for (const change of new Map(changes.map((one) => [one.id, one])).values())
      isWhole = (await this.#take(change)) && isWhole;
    if (isWhole) this.#seq = last;
  }

  /** Answers whether the client is done with the change. */
  async #take(change: Change): Promise<boolean> {
    const { id, kind, order, href } = change;
    if (stateAfter(change).status !== "published") {
      if (kind !== "removed" || this.#mistake !== "keeps what is removed") delete this.copy[id];
      return true;
    }
    const response = await this.#get(href);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.ok && this.#isRight(bytes, order)) this.copy[id] = digestOf(bytes);
    else return this.#skips(response.status);
    return true;
  }

  #isRight(bytes: Buffer, order: string): boolean {
    if (!bytes.toString().endsWith("}\n")) return this.#mistake === "takes half a story";
    const found: string = JSON.parse(bytes.toString())._flashwire.story.order;
    return found >= order || this.#mistake === "takes an old story";
  }

  #skips(status: number): boolean {
    if (this.#mistake === "moves on without what failed") return true;
    return status === 404 && this.#mistake === "takes a 404 for a kill";
  }
}

const onStory = (fault: Fault): Step => ({ fault, path: "/stories/a.json" });

/** Looks of a client at each part of a day. */
const LOOKS = 6;

const late = (path: string): Step => ({ fault: "late", path, count: LOOKS });

/** By mistake, parts of a day in which it does harm. */
const DAYS: Record<(typeof MISTAKES)[number], Step[][]> = {
  "takes an old story": [[{ put: { id: "a" } }, onStory("late")]],
  "takes half a story": [[onStory("torn")]],
  "takes a 404 for a kill": [[onStory("missing")]],
  "moves on without what failed": [[onStory("error")]],
  "keeps what is removed": [[], [{ remove: "a" }]],
  // The caches have neither the kill in the log nor that of the story.
  "goes back with an old log": [[], [{ kill: "a" }], [late("/changes/"), late("/stories/")]],
};

/** The copy of a client that looks at each part of the day, and what its copy ought to be then. */
async function dayOf(parts: Step[][], mistake: Mistake) {
  const { newsroom, get } = await fakeNewsroom({ script: [] });
  const client = new SmallClient(get, mistake);
  await newsroom.perform([{ put: [{ id: "a" }, { id: "b" }] }]);
  for (const steps of parts) {
    await newsroom.perform(steps);
    for (let looks = 0; looks < LOOKS; looks++) await client.look();
  }
  const { stories } = await newsroom.expected();
  const live = stories.filter(({ status }) => status === "published");
  return { copy: client.copy, expected: Object.fromEntries(live.map(({ id, digest }) => [id, digest])) };
}

test.each(MISTAKES)(
  "when a client %s, the client ends with a wrong copy, and one that does not, with the right one",
  async (mistake) => {
    const right = await dayOf(DAYS[mistake], "none");
    expect(right.copy).toEqual(right.expected);
    expect(right.copy).toHaveProperty("b");
    const wrong = await dayOf(DAYS[mistake], mistake);
    expect(wrong.copy).not.toEqual(wrong.expected);
  },
);
