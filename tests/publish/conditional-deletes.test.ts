import { expect, test } from "vitest";
import type { Site } from "../../src/core/site.ts";
import { takeFile } from "../../src/ingest/inbox.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { endTurn, headTurn, renewTurn, takeTurn } from "../../src/repository/handover.ts";
import { windowKey } from "../../src/repository/windows.ts";
import { createServices } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { SITE } from "../simulation/site.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

/* What another writer may have written again is removed only as it was found. */

test("when a publisher of the earlier site file writes during a retirement, no object goes that was not seen, and the next round takes it", async () => {
  const wire = memoryWire();
  await wire.services.publisher.startFeeds();
  const site: Site = { ...SITE, feeds: SITE.feeds.filter(({ name }) => name !== "all") };
  let published = false;
  const answers: unknown[] = [];
  const newsroom = decorate(wire.newsroom, (store) => ({
    async head(key) {
      const found = await store.head(key);
      if (key !== windowKey("all") || published) return found;
      published = true;
      await ingest(wire.services, incoming(1));
      await wire.services.publisher.publish(["story-1"]);
      return found;
    },
  }));
  const site2 = decorate(wire.published, (store) => ({
    async delete(key, condition) {
      const answer = await store.delete(key, condition);
      answers.push(answer);
      return answer;
    },
  }));
  const services = createServices({ ...wire.services, site, stores: { newsroom, published: site2 } });
  const report = await services.publisher.writeFeeds(new Map([["all", { ids: new Set<string>() }]]));
  expect(report).toMatchObject({ feeds: ["all"], failed: [] });
  expect(answers).toEqual([CONFLICT, undefined, undefined, undefined, undefined]);
  expect(await wire.newsroom.head(windowKey("all"))).toBeUndefined();
  expect(await wire.published.head("feeds/all/removed")).toBeDefined();
});

test("when another publisher has taken the turn of one that counts as dead, the first one's end leaves the turn", async () => {
  const { services, newsroom } = memoryWire();
  const first = (await takeTurn(services, "first")) as string;
  const second = (await takeTurn(services, "second", await headTurn(services))) as string;
  await endTurn(services, first);
  expect((await headTurn(services))?.etag).toBe(second);
  // The answer to a renewal is lost, and its repetition by the SDK conflicts.
  const lossy = decorate(newsroom, (store) => ({
    put: async (...put) => {
      await store.put(...put);
      return CONFLICT;
    },
  }));
  const stores = { newsroom: lossy };
  const renewed = await renewTurn({ stores }, { token: "second", beat: 1, etag: second });
  await endTurn(services, renewed);
  expect(await headTurn(services)).toBeUndefined();
});

test("when a file is dropped again while the end of its earlier content is noted, the later content is read to its end", async () => {
  const wire = memoryWire();
  const [file, progress] = ["inbox/day.ndjson", "inbox/day.ndjson.progress"];
  const text = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => JSON.stringify(incoming(from + n))).join("\n");
  const run = (store: typeof wire.newsroom, key: string, body: string, until: number) =>
    takeFile(wire.services, store, key, {
      open: async function* (_file, _head, from) {
        yield Buffer.from(body).subarray(from);
      },
      until,
    });
  const [early, late] = [text(0, 2), text(100, 150)];
  await wire.newsroom.put(file, Buffer.from(early));
  const meanwhile = decorate(wire.newsroom, (store) => ({
    async put(key, body, options) {
      const etag = await store.put(key, body, options);
      if (key !== `${file}.result`) return etag;
      wire.clock.now += 2_000;
      await wire.newsroom.put(file, Buffer.from(late));
      expect(await run(wire.newsroom, file, late, wire.clock.now)).toBe("to be continued");
      return etag;
    },
  }));
  const far = Number.POSITIVE_INFINITY;
  expect(await run(meanwhile as never, file, early, far)).toBe("taken");
  expect(await run(wire.newsroom, progress, late, far)).toBe("taken");
  expect(JSON.parse(await textOf(wire.newsroom, `${file}.result`))).toMatchObject({ accepted: 150 });
  expect(await wire.newsroom.head(progress)).toBeUndefined();
});
