import { expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { listDue, settleListing } from "../../src/repository/schedule.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { incoming, memoryWire } from "../support/wire.ts";

const FEED = "section/world";

test("when a publisher is cut off before it asks for a new spelling to be listed, the next one asks, whatever it publishes", async () => {
  const { services, newsroom } = memoryWire();
  const asked = async () => (await listDue(services, services.now(), 10)).listings.map(({ feed }) => feed);
  const publish = async (n: number, section: string, from = services) => {
    await ingest(services, incoming(n, { section }));
    return from.publisher.publish([`story-${n}`]);
  };
  await publish(1, "World");
  for (const note of (await listDue(services, services.now(), 10)).listings)
    await settleListing(services, note);

  const cutOff = decorate(newsroom, () => ({
    put: async (key, body, options) => {
      if (key.startsWith("schedule/")) throw new Error("cut off");
      return newsroom.put(key, body, options);
    },
  }));
  const stores = { ...services.stores, newsroom: cutOff };
  await publish(2, "WORLD", createServices({ ...services, stores }));
  expect(await asked()).not.toContain(FEED);

  await publish(3, "WORLD", createServices(services));
  expect(await asked()).toContain(FEED);
});

test("when the newest story spells a feed as the one before did, nobody is asked to list it", async () => {
  const { services } = memoryWire();
  for (const n of [1, 2, 3]) {
    await ingest(services, incoming(n, { section: n === 1 ? "World" : "WORLD" }));
    await services.publisher.publish([`story-${n}`]);
  }
  for (const note of (await listDue(services, services.now(), 10)).listings)
    await settleListing(services, note);
  await ingest(services, incoming(4, { section: "WORLD" }));
  await services.publisher.publish(["story-4"]);
  expect((await listDue(services, services.now(), 10)).listings).toEqual([]);
});
