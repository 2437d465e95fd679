import { mkdtempSync, rmSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { expectTruth } from "../support/compare-sites.ts";

/** Documents that somebody damages while the wire is stopped: the next start mends them. */

let data: string;
let wire: Wire;
let logs: { event: string; details?: Record<string, unknown> | undefined }[];

beforeEach(async () => {
  logs = [];
  data = mkdtempSync(join(tmpdir(), "flashwire-mends-"));
  await start("0");
  const response = await fetch(`${wire.url}/articles/bridge?wait=published`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${wire.token}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      url: "https://news.example.org/bridge",
      headline: "The bridge reopens",
      section: "City",
      published: "2026-11-01T08:00:00Z",
    }),
  });
  expect(response.status).toBe(201);
  await wire.idle();
});
afterEach(async () => {
  await wire.close();
  rmSync(data, { recursive: true });
});

async function start(port: string): Promise<void> {
  const config = readConfig({ FLASHWIRE_DATA: data, PORT: port });
  wire = await startWire(config, (event, details) => logs.push({ event, details }));
}

const document = (feed: string) => join(data, "site/feeds", feed, "rss.xml");

test("when documents are missing or broken at a start, the audit writes them and the log names their feeds", async () => {
  const before = await Promise.all(["section/city", "all"].map((feed) => readFile(document(feed), "utf8")));
  await wire.close();
  await rm(document("section/city"));
  await writeFile(document("all"), "broken\n");
  // On the same port: with another origin every document would be written in any case.
  await start(new URL(wire.url).port);
  await wire.idle();
  const after = await Promise.all(["section/city", "all"].map((feed) => readFile(document(feed), "utf8")));
  expect(after).toEqual(before);
  const named = logs.filter(({ event }) => event === "audit.behind").map(({ details }) => details);
  expect(named).toEqual([
    { feed: "all", documents: 1, isRecent: true },
    { feed: "section/city", documents: 1, isRecent: true },
  ]);
  await expectTruth(wire.services.site, wire.services.stores);
});
