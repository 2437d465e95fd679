import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { type Cursor, follow, isDropped } from "../../src/consumer/follow.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { incoming } from "../support/wire.ts";

const folder = mkdtempSync(join(tmpdir(), "flashwire-restored-"));
const [data, backup] = [join(folder, "data"), join(folder, "backup")];
let wire: Wire | undefined;

afterEach(async () => {
  await wire?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Wire> {
  wire = await startWire(readConfig({ FLASHWIRE_DATA: data, PORT: "0" }), () => {});
  await wire.idle();
  return wire;
}

async function stop(): Promise<void> {
  await wire?.close();
  wire = undefined;
}

async function send({ services, idle }: Wire, ...numbers: number[]): Promise<void> {
  for (const n of numbers) await ingest(services, incoming(n));
  await idle();
}

/** A consumer that looks once and keeps ids alone. */
function consumer() {
  const copy = new Set<string>();
  let cursor: Cursor | undefined;
  return async ({ url }: Wire) => {
    for await (const batch of follow(url, cursor, { once: true })) {
      for (const { id } of [...batch.kills, ...batch.removed]) copy.delete(id);
      const { dropped } = batch;
      if (dropped !== undefined) for (const id of copy) if (isDropped(dropped, id)) copy.delete(id);
      for (const { id } of batch.stories) copy.add(id);
      cursor = batch.cursor;
    }
    return { copy: [...copy].sort(), epoch: cursor?.epoch };
  };
}

test("when a data folder is restored from a backup, the next start begins an epoch, and consumers lose nothing and keep nothing that went", async () => {
  const look = consumer();
  await send(await start(), 1);
  await stop();
  cpSync(data, backup, { recursive: true });
  const first = await start();
  await send(first, 2, 3);
  const before = await look(first);
  expect(before.copy).toEqual(["story-1", "story-2", "story-3"]);
  await stop();
  const same = await start();
  expect((await look(same)).epoch).toBe(before.epoch);
  await stop();
  rmSync(data, { recursive: true });
  cpSync(backup, data, { recursive: true });
  const restored = await start();
  await send(restored, 4, 5, 6);
  const after = await look(restored);
  expect(after.copy).toEqual(["story-1", "story-4", "story-5", "story-6"]);
  expect((after.epoch ?? "") > (before.epoch ?? "")).toBe(true);
});
