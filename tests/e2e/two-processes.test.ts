import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { startWire } from "../../src/local/wire.ts";
import { ARTICLES } from "../../src/repository/records.ts";
import { send, startChildWire } from "../support/child-wire.ts";
import { expectTruth } from "../support/compare-sites.ts";

const ROOT = join(import.meta.dirname, "../..");
const PUBLIC = { FLASHWIRE_PUBLIC_URL: "http://wire.test" };
const data = mkdtempSync(join(tmpdir(), "flashwire-two-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

function article(n: number, version: number) {
  return {
    id: `story-${n}`,
    url: `https://news.example.org/${n}`,
    headline: `Story ${n}, version ${version}`,
    section: `Section ${(n + version) % 4}`,
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    updated: new Date(Date.UTC(2026, 0, 2) + version * 1_000).toISOString(),
  };
}

test("invariants 1 and 5: when two servers and a rebuild work on one data folder, they lose nothing", async () => {
  const wires = await Promise.all([startChildWire(data, PUBLIC), startChildWire(data, PUBLIC)]);
  const statuses: (number | undefined)[] = [];
  const writers = wires.map(async ({ url }, w) => {
    for (let i = 0; i < 120; i++) {
      // Both send every article; the versions of one race with those of the other.
      statuses.push(await send(url, article(i % 40, Math.floor(i / 40) * 2 + w)));
    }
  });
  const rebuilds = (async () => {
    for (let i = 0; i < 2; i++) {
      const child = spawn(process.execPath, ["src/cli/main.mjs", "rebuild"], {
        cwd: ROOT,
        env: { ...process.env, ...PUBLIC, FLASHWIRE_DATA: data },
        stdio: "ignore",
      });
      expect((await once(child, "exit"))[0]).toBe(0);
    }
  })();
  await Promise.all([...writers, rebuilds]);
  expect(new Set(statuses)).toEqual(new Set([200, 201, 409].filter((status) => statuses.includes(status))));
  expect(await Promise.all(wires.map((wire) => wire.stop()))).toEqual([0, 0]);

  // The next server that starts finishes what is in the journals.
  const wire = await startWire(readConfig({ ...PUBLIC, FLASHWIRE_DATA: data, PORT: "0" }), () => {});
  await wire.idle();
  const { services } = wire;
  const ids: string[] = [];
  for await (const key of services.stores.newsroom.list(ARTICLES)) ids.push(key);
  expect(ids).toHaveLength(40);
  await expectTruth(services.site, services.stores);
  await wire.close();
});
