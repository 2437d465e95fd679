import { fileStore } from "../../../src/store/file/store.ts";
import { CONFLICT } from "../../../src/store/port.ts";

/*
 * A process of processes.test.ts: adds 1 to every counter of a folder, again and again, and says on its standard
 * output what it is about to add and what it added. `node adder.ts FOLDER ROUNDS COUNTERS`
 */
const [folder = "", rounds = "0", counters = "0"] = process.argv.slice(2);
const store = fileStore(folder);

type Counter = { n: number; filler: string };

async function add(key: string): Promise<void> {
  for (;;) {
    const stored = await store.get(key);
    const before: Counter = stored ? JSON.parse(Buffer.from(stored.body).toString()) : { n: 0, filler: "" };
    // Sizes that differ, so that a torn write would not parse.
    const next: Counter = { n: before.n + 1, filler: "x".repeat((before.n * 997) % 20_000) };
    const condition = stored ? { ifMatch: stored.etag } : ({ ifNoneMatch: "*" } as const);
    const body = Buffer.from(JSON.stringify(next));
    if ((await store.put(key, body, { condition })) !== CONFLICT) return;
  }
}

for (let round = 0; round < Number(rounds); round++) {
  for (let i = 0; i < Number(counters); i++) {
    process.stdout.write(`try ${i}\n`);
    await add(`counters/${i}.json`);
    process.stdout.write(`done ${i}\n`);
  }
}
store.close();
