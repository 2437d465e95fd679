import assert from "node:assert/strict";
import { CONFLICT, type PutOptions, type Store } from "../../../src/store/port.ts";
import { bytes, type Fact, keysOf, textOf, type World } from "./fact.ts";

const LOST_WRITES =
  "Two writers at once undo each other's work: accepted records and stories in feeds are lost.";
const LOST_BY_REMOVAL =
  "What another function has just written may be removed: the place in an inbox file, or a document until the audit.";

export const CONDITION_FACTS: Fact[] = [
  ...["absent", "one", "two", "gone"].map((state) => ({
    name: `when a put has a condition on an object that is ${state}, it is done only where the condition holds`,
    loses: LOST_WRITES,
    check: ({ store }: World) => holdsConditions(store, state),
  })),
  {
    name: "when a delete names an ETag, it removes that object alone, and says so where there is another or none",
    loses: LOST_BY_REMOVAL,
    check: removesOnCondition,
  },
  {
    name: "when twenty remove an object by its ETag while others replace it, none removes what it has not seen",
    loses: LOST_BY_REMOVAL,
    check: removesWhatWasSeen,
  },
  {
    name: "when twenty writers compare and swap, nothing is lost",
    loses: LOST_WRITES,
    check: swapsInRaces,
  },
  {
    name: "when twenty make the same object, one does",
    loses: "Two articles get one identifier, and readers lose one of them.",
    check: makesOnce,
  },
];

const one = bytes("one");

/** The conditions, and the states of the object in which each holds. */
function conditions(etagOfOne: string, etagOfTwo: string): [PutOptions["condition"], string[]][] {
  return [
    [undefined, ["absent", "one", "two", "gone"]],
    [{ ifNoneMatch: "*" }, ["absent", "gone"]],
    [{ ifMatch: etagOfOne }, ["one"]],
    [{ ifMatch: etagOfTwo }, ["two"]],
    [{ ifMatch: '"d41d8cd98f00b204e9800998ecf8427e"' }, []],
    [{ ifMatch: etagOfOne.slice(1, -1).toUpperCase() }, []],
  ];
}

async function holdsConditions(store: Store, state: string): Promise<void> {
  const etagOfOne = (await store.put(`condition/${state}/etag`, one)) as string;
  const etagOfTwo = (await store.put(`condition/${state}/etag`, bytes("two"))) as string;
  const key = `condition/${state}/x`;
  for (const [condition, holds] of conditions(etagOfOne, etagOfTwo)) {
    if (state === "absent" || state === "gone") await store.delete(key);
    if (state === "gone") await store.put(key, one);
    if (state === "gone") await store.delete(key);
    if (state === "one" || state === "two") await store.put(key, bytes(state));
    const before = await textOf(store, key);
    const answer = await store.put(key, bytes("new"), condition ? { condition } : {});
    const what = `${JSON.stringify(condition)} on ${state}`;
    assert.equal(answer !== CONFLICT, holds.includes(state), what);
    assert.equal(await textOf(store, key), holds.includes(state) ? "new" : before, what);
  }
}

async function removesOnCondition({ store }: World): Promise<void> {
  const key = "condition/delete/x";
  const ifMatch = (await store.put(key, one)) as string;
  const other = { ifMatch: '"d41d8cd98f00b204e9800998ecf8427e"' };
  assert.equal(await store.delete(key, other), CONFLICT, "another ETag");
  assert.equal(await textOf(store, key), "one");
  await store.put(key, bytes("two"));
  assert.equal(await store.delete(key, { ifMatch }), CONFLICT, "an ETag of before");
  assert.equal(await textOf(store, key), "two");
  await store.put(key, one);
  assert.equal(await store.delete(key, { ifMatch }), undefined);
  assert.equal(await store.get(key), undefined);
  assert.equal(await store.delete(key, { ifMatch }), CONFLICT, "an object that is gone");
  assert.equal(await store.delete("condition/no folder/x", { ifMatch }), CONFLICT, "no object");
  assert.deepEqual(await keysOf(store, "condition/delete/"), []);
  assert.equal(await store.delete(key), undefined);
}

async function removesWhatWasSeen({ store }: World): Promise<void> {
  const key = "condition/race/x";
  let removed = 0;
  let written = 0;
  const write = async (n: number) => {
    const etag = await store.put(key, bytes(String(n)), { condition: { ifNoneMatch: "*" } });
    if (etag === CONFLICT) return;
    written++;
    if ((await store.delete(key, { ifMatch: etag })) !== CONFLICT) removed++;
  };
  for (let round = 0; round < 3; round++)
    await Promise.all(Array.from({ length: 20 }, (_, n) => write(round * 20 + n)));
  assert.equal(removed, written);
  assert.ok(written > 2, `${written} of 60 were written`);
  assert.equal(await store.get(key), undefined);
}

async function swapsInRaces({ store, races }: World): Promise<void> {
  for (let race = 0; race < races; race++) await swapInRace(store, `cas/${race}`);
}

async function swapInRace(store: Store, key: string): Promise<void> {
  const add = async () => {
    // Of twenty, each loses to the others 59 times at most where the store lets one win.
    for (let tries = 0; tries < 1_000; tries++) {
      const stored = await store.get(key);
      const condition = stored ? { ifMatch: stored.etag } : ({ ifNoneMatch: "*" } as const);
      const next = Number(stored ? Buffer.from(stored.body).toString() : 0) + 1;
      if ((await store.put(key, bytes(String(next)), { condition })) !== CONFLICT) return;
    }
    assert.fail("a thousand puts on condition lost, one after the other");
  };
  const writer = async () => {
    for (let i = 0; i < 3; i++) await add();
  };
  await Promise.all(Array.from({ length: 20 }, writer));
  const count = await textOf(store, key);
  assert.equal(count, "60", `of 60 additions, ${count} are left`);
}

async function makesOnce({ store, races }: World): Promise<void> {
  for (let race = 0; race < races; race++) await makeOnce(store, `first/${race}`);
}

async function makeOnce(store: Store, key: string): Promise<void> {
  const condition = { ifNoneMatch: "*" } as const;
  const puts = Array.from({ length: 20 }, (_, i) => store.put(key, bytes(String(i)), { condition }));
  const won = (await Promise.all(puts)).map((answer) => answer !== CONFLICT);
  const winners = won.filter(Boolean).length;
  assert.equal(winners, 1, `of twenty puts, ${winners} won`);
  assert.equal(await textOf(store, key), String(won.indexOf(true)));
}
