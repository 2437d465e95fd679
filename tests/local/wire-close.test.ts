import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { startWire } from "../../src/local/wire.ts";
import { documentKey } from "../support/documents.ts";
import { incoming } from "../support/wire.ts";

test("when a wire closes while a batch is under way, the batch is settled in the journal before that is closed", async () => {
  const data = mkdtempSync(join(tmpdir(), "flashwire-close-"));
  const events: string[] = [];
  const wire = await startWire({ port: 0, host: "127.0.0.1", data }, (event) => events.push(event));
  await wire.idle();
  const { newsroom, published } = wire.services.stores;
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { put } = published;
  published.put = async (...all) => {
    reach();
    await gate;
    return put(...all);
  };
  await ingest(wire.services, incoming(1));
  await reached;

  const closing = wire.close();
  await expect
    .poll(() =>
      fetch(wire.url).then(
        () => "open",
        () => "closed",
      ),
    )
    .toBe("closed");
  // Time in which a journal that does not wait for the batch would close.
  await sleep(50);
  letGo();
  await closing;
  expect(events.filter((event) => event.endsWith(".failed"))).toEqual([]);
  expect(readdirSync(join(data, "journal")).filter((name) => name.endsWith(".log"))).toEqual([]);
  expect(await newsroom.get("articles/story-1.json")).toBeDefined();
  const json = await published.get(documentKey("all", "json"));
  expect(Buffer.from(json?.body ?? "").toString()).toContain("Story 1");
  rmSync(data, { recursive: true });
});
