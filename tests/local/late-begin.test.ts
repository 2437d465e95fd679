import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { nodeCalls } from "../../src/store/file/disk-calls.ts";
import { incoming } from "../support/wire.ts";

test("when a wire with another site file starts on a full disk, it takes articles as soon as there is room", async () => {
  const data = mkdtempSync(join(tmpdir(), "flashwire-late-begin-"));
  const newsroom = join(data, "newsroom") + sep;
  let isFull = false;
  const disk = {
    ...nodeCalls,
    openSync(path: string, flags: "w" | "wx" | "r") {
      if (isFull && flags !== "r" && path.startsWith(newsroom))
        throw Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
      return nodeCalls.openSync(path, flags);
    },
  };
  const events: string[] = [];
  const start = (origin: string) => {
    const config = readConfig({ FLASHWIRE_DATA: data, PORT: "0", FLASHWIRE_PUBLIC_URL: origin });
    return startWire(config, (event) => events.push(event), {}, disk);
  };
  const put = async (wire: Wire, n: number) => {
    const response = await fetch(`${wire.url}/articles/story-${n}?wait=published`, {
      method: "PUT",
      headers: { authorization: `Bearer ${wire.token}`, "content-type": "application/json" },
      body: JSON.stringify(incoming(n)),
      signal: AbortSignal.timeout(4_000),
    });
    return response.status;
  };
  let wire = await start("https://wire.example.org");
  try {
    expect(await put(wire, 1)).toBe(201);
    await wire.idle();
    await wire.close();
    isFull = true;
    wire = await start("https://news.example.org");
    await expect.poll(() => events).toContain("tick.failed");
    expect(await put(wire, 2)).toBe(503);
    isFull = false;
    expect(await put(wire, 2)).toBe(201);
  } finally {
    await wire.close();
    rmSync(data, { recursive: true });
  }
});
