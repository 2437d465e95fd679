import { expect, test } from "vitest";
import type { Open } from "../../src/core/change-log.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { countingStore } from "../support/counting-store.ts";
import { incoming, type MemoryWire, memoryWire, textOf } from "../support/wire.ts";

const openOf = async ({ published }: MemoryWire): Promise<Open> =>
  JSON.parse(await textOf(published, "changes/open.json"));

test("x", async () => {
  const wire = memoryWire();
  await ingest(
    wire.services,
    incoming(1, { body: "<p>Hello</p>", change: { kind: "correction", note: "n" } as never }),
  );
  const r = await wire.services.publisher.publish(["story-1"]);
  await withdraw(wire.services, "story-1");
  await wire.services.publisher.publish(["story-1"]);
  console.log(
    r.left,
    await openOf(wire),
    await textOf(wire.published, "stories/story-1.json"),
    await textOf(wire.newsroom, "logged/story-1.json"),
  );
});
