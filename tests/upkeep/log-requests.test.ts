import { expect, test } from "vitest";
import { batchOf, firstLog, newEpoch } from "../../bench/bill/log.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { askForEpoch, listDue } from "../../src/repository/schedule.ts";
import { createServices, type Services } from "../../src/services.ts";
import { never } from "../../src/upkeep/deps.ts";
import { beginEpoch } from "../../src/upkeep/epoch.ts";
import { continueLog } from "../../src/upkeep/log-job.ts";
import { type Count, countingStore } from "../support/counting-store.ts";
import { incoming, memoryWire } from "../support/wire.ts";

const STORIES = 40;
const ids = Array.from({ length: STORIES }, (_, n) => `story-${n}`);

/** The wire on stores that count; `of` sums up what was asked of these prefixes since the last reset. */
function counted(pageChanges?: number) {
  const wire = memoryWire();
  const stores = [countingStore(wire.newsroom), countingStore(wire.published)] as const;
  const services: Services = createServices({
    ...wire.services,
    ...(pageChanges !== undefined && { pageChanges }),
    stores: { newsroom: stores[0].store, published: stores[1].store },
  });
  const of = (prefixes: string[], ...methods: (keyof Count)[]) =>
    stores
      .flatMap(({ counts }) => methods.flatMap((method) => Object.entries(counts[method])))
      .reduce((sum, [prefix, count]) => sum + (prefixes.includes(prefix) ? count : 0), 0);
  const ofLog = (...more: string[]) => {
    const prefixes = ["stories", "logged", "snapshots", ...more];
    return { puts: of(prefixes, "put", "list"), gets: of(prefixes, "get", "head") };
  };
  const reset = () => {
    for (const one of stores) one.reset();
  };
  const send = async (revision: number) => {
    for (let n = 0; n < STORIES; n++) await ingest(services, incoming(n, { revision }));
  };
  return { services, of, ofLog, reset, send };
}

test("when stories change in a batch, the log asks for a GET and a PUT, and for a GET and 2 PUT of each story; nothing else", async () => {
  const { services, ofLog, reset, send } = counted();
  await send(1);
  await services.publisher.publish(ids);
  await send(2);
  reset();
  await services.publisher.publish(ids);
  expect(ofLog("changes")).toEqual(batchOf(STORIES));
});

test("when the open page is full, each page that is closed is one PUT more", async () => {
  const { services, of, reset, send } = counted(8);
  await send(1);
  await services.publisher.publish(ids);
  await send(2);
  reset();
  await services.publisher.publish(ids);
  expect({ puts: of(["changes"], "put"), gets: of(["changes"], "get", "head") }).toEqual({
    puts: 1 + STORIES / 8,
    gets: 1,
  });
});

test("when a wire gets its first log, and when an epoch follows it, they ask for what the bill counts", async () => {
  const { services, ofLog, reset, send } = counted();
  await send(1);
  const part = { isOver: never, failed: [] };
  await beginEpoch(services);
  reset();
  const job = await continueLog(services, undefined, part);
  expect(ofLog("articles")).toEqual(firstLog(STORIES));
  await askForEpoch(services);
  const { epochs } = await listDue(services, 0, 9);
  reset();
  await continueLog(services, job, { ...part, asked: epochs });
  // Without the one GET for the greatest epoch, and the PUT of the next.
  const { puts, gets } = ofLog("articles");
  expect({ puts: puts - 1, gets: gets - 1 }).toEqual(newEpoch(STORIES, 0));
});
