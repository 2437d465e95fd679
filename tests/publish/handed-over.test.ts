import { expect, test } from "vitest";
import { OPEN_KEY } from "../../src/core/keys.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { noRush } from "../../src/publish/press.ts";
import { createPublisher } from "../../src/publish/publisher.ts";
import { createRenderer } from "../../src/render/renderer.ts";
import { headTurn, leaveNotes, listNotes, notesFor } from "../../src/repository/handover.ts";
import { decorate } from "../../src/store/decorate.ts";
import { repairsOf } from "../support/upkeep.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

/** A wire whose feeds of World are short once these kills are published, and the note of a publisher that waits for them. */
async function noted() {
  const wire = memoryWire();
  const { services } = wire;
  const all = Array.from({ length: 8 }, (_, n) => `story-${n}`);
  for (let n = 0; n < all.length; n++) await ingest(services, incoming(n));
  await services.publisher.publish(all);
  const killed = ["story-5", "story-6", "story-7"];
  for (const id of killed) await withdraw(services, id);
  await leaveNotes(services, notesFor("waiting", killed));
  await ingest(services, incoming(9, { section: "Sport" }));
  const holder = (stores = services.stores) =>
    createPublisher(
      { ...services, stores },
      { renderer: createRenderer(services.site), states: new Map(), rush: { ...noRush(), calls: 5 } },
    );
  return { ...wire, holder };
}

test("when a holder of the turn leaves a feed short that only a note of another publisher touches, the repair is asked for before the note goes", async () => {
  const { holder, services } = await noted();
  await holder().publish(["story-9"]);
  expect(await listNotes(services)).toEqual([]);
  expect(await repairsOf(services)).toContain("section/world");
});

test("when it cannot ask for the repair, the note stays, and the next holder finds the turn free", async () => {
  const { holder, services, newsroom } = await noted();
  const refusing = decorate(newsroom, (store) => ({
    put: (key, body, options) =>
      key.startsWith("schedule/") ? Promise.reject(new Error("SlowDown")) : store.put(key, body, options),
  }));
  const failing = holder({ ...services.stores, newsroom: refusing }).publish(["story-9"]);
  await expect(failing).rejects.toThrow("SlowDown");
  expect((await listNotes(services)).flatMap(({ ids }) => ids)).toContain("story-7");
  expect(await headTurn(services)).toBeUndefined();
});

test("when a note comes while the log is told of the articles before, its articles are in the documents before the log is told", async () => {
  const { services, holder, published } = await noted();
  await ingest(services, incoming(10));
  const { promise: shown, resolve: isShown } = Promise.withResolvers<void>();
  let puts = 0;
  const slowLog = decorate(published, (store) => ({
    put: async (key, body, options) => {
      if (key === OPEN_KEY && puts++ === 1) {
        await leaveNotes(services, notesFor("late", ["story-10"]));
        await shown;
      }
      const etag = await store.put(key, body, options);
      if (key === "feeds/all/feed.json" && Buffer.from(body).toString().includes("Story 10")) isShown();
      return etag;
    },
  }));
  const { left } = await holder({ ...services.stores, published: slowLog }).publish(["story-9"]);
  expect([...left]).toEqual([]);
  expect(await listNotes(services)).toEqual([]);
  expect(await textOf(published, OPEN_KEY)).toContain("story-10");
});
