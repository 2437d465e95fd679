import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { startWire } from "../../src/local/wire.ts";
import { nodeCalls } from "../../src/store/file/disk-calls.ts";
import { incoming } from "../support/wire.ts";

test("when the disk refuses the documents of a kill, also to a flush that comes before its own, the kill is not answered as done", async () => {
  const data = mkdtempSync(join(tmpdir(), "flashwire-refused-kill-"));
  const refused = join(data, "site", "feeds", "all") + sep;
  const events: string[] = [];
  let isRefusing = false;
  let openPage: number | undefined;
  const disk = {
    ...nodeCalls,
    writeFileSync(file: number, bytes: Uint8Array) {
      if (isRefusing && Buffer.from(bytes).includes('"kind":"withdrawn"')) openPage = file;
      nodeCalls.writeFileSync(file, bytes);
    },
    renameSync(from: string, to: string) {
      if (isRefusing && to.startsWith(refused))
        throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
      nodeCalls.renameSync(from, to);
    },
    // The log is told when the documents are in memory: until then a flush by the clock has come.
    async fsync(file: number) {
      if (file === openPage) await expect.poll(() => events, { timeout: 5_000 }).toContain("sync.failed");
      await nodeCalls.fsync(file);
    },
  };
  const config = readConfig({ FLASHWIRE_DATA: data, PORT: "0" });
  const wire = await startWire(config, (event) => events.push(event), {}, disk);
  const send = (method: string, query: string, body: object) =>
    fetch(`${wire.url}/articles/story-1${query}`, {
      method,
      headers: { authorization: `Bearer ${wire.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  try {
    expect((await send("PUT", "?wait=published", incoming(1))).status).toBe(201);
    await wire.idle();
    isRefusing = true;
    const answer = await send("DELETE", "", {});
    expect(events).toContain("sync.failed");
    expect(readFileSync(join(refused, "feed.json"), "utf8")).toContain("Story 1");
    expect(answer.status).toBe(202);
    // Another flush has told of it by now, and there is nothing left to publish.
    expect((await send("DELETE", "", {})).status).toBe(202);
    isRefusing = false;
    await wire.idle();
    expect(readFileSync(join(refused, "feed.json"), "utf8")).not.toContain("Story 1");
    expect((await send("DELETE", "", {})).status).toBe(200);
  } finally {
    isRefusing = false;
    await wire.close();
    rmSync(data, { recursive: true });
  }
});
