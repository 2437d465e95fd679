import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { UNKNOWN_TOKEN_CACHE_MS } from "../../src/repository/limits.ts";
import { listDue } from "../../src/repository/schedule.ts";
import { createToken } from "../../src/repository/tokens.ts";
import { askForRepair } from "../../src/upkeep/rebuild-job.ts";
import { upkeepStatus } from "../../src/upkeep/status.ts";

/** What somebody puts into a data folder where the wire expects something else. */

let data: string;
let logs: { event: string; details: Record<string, unknown> | undefined }[];
let wire: Wire | undefined;

const start = async (more: { token?: string } = {}) => {
  const log = (event: string, details?: Record<string, unknown>) => logs.push({ event, details });
  wire = await startWire({ port: 0, host: "127.0.0.1", data, ...more }, log);
  return wire;
};
const stop = async () => {
  await wire?.close();
  wire = undefined;
};
const inNewsroom = (...path: string[]) => join(data, "newsroom", ...path);

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "flashwire-odd-"));
  logs = [];
});
afterEach(async () => {
  await stop();
  rmSync(data, { recursive: true, force: true });
});

describe("when a plain file stands where schedule/ expects a folder", () => {
  test("below it, what is asked for is still found", async () => {
    const { services, idle } = await start();
    await idle();
    await askForRepair(services, ["section/city"]);
    writeFileSync(inNewsroom("schedule", "notes"), "call the printer\n");
    writeFileSync(inNewsroom("schedule", "0000-01-01T00%3A00%3A00.000%5A"), "call the printer\n");
    const nothing = { kills: [], repairs: [], stories: [] };
    expect(await listDue(services, Date.now(), 10)).toMatchObject({ ...nothing, repairs: ["section/city"] });
    await idle();
    expect(await listDue(services, Date.now(), 10)).toMatchObject(nothing);
  });

  test("in its place, the log and the status name it, and the rest of upkeep goes on", async () => {
    const { services, idle } = await start();
    await idle();
    rmSync(inNewsroom("schedule"), { recursive: true, force: true });
    writeFileSync(inNewsroom("schedule"), "call the printer\n");
    const status = await upkeepStatus(services);
    expect(status).toMatchObject({ last: { failed: [] }, repairs: [] });
    expect(status.unreadable).toEqual([expect.stringMatching(/^schedule\/ cannot be listed \(ENOTDIR\)/)]);
    await stop();
    await start();
    await expect.poll(() => logs.filter(({ event }) => event === "upkeep.failed")).not.toEqual([]);
    const failed = logs.find(({ event }) => event === "upkeep.failed");
    expect(failed?.details).toMatchObject({ name: "schedule", error: expect.stringContaining("schedule/") });
  });
});

describe("when a folder stands in the place of upkeep/state.json", () => {
  test("the wire starts, serves and publishes, and log and status name the file", async () => {
    await start();
    await wire?.idle();
    await stop();
    rmSync(inNewsroom("upkeep", "state.json"));
    mkdirSync(inNewsroom("upkeep", "state.json", "x"), { recursive: true });
    logs = [];
    const { url, token, services } = await start();
    const response = await fetch(`${url}/articles/a?wait=published`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ url: "https://a.example/", headline: "A", published: "2026-01-01T00:00:00Z" }),
    });
    expect(response.status).toBe(201);
    const named = logs.filter(({ event }) => event === "upkeep.state.failed");
    expect(named[0]?.details).toEqual({ error: expect.stringContaining("upkeep/state.json") });
    expect((await upkeepStatus(services)).unreadable).toEqual([
      expect.stringContaining("upkeep/state.json cannot be read (EISDIR)"),
    ]);
  });

  test("where another file is a folder and the wire cannot start, the error says that one stands in the way", async () => {
    await start();
    await stop();
    rmSync(inNewsroom("site.json"));
    mkdirSync(inNewsroom("site.json", "x"), { recursive: true });
    await expect(start()).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/site\.json cannot be written \(EISDIR\)\. .*move it away/),
    });
  });
});

describe("when the journal of a dead process has lines that are no work", () => {
  const leave = (...lines: string[]) => {
    mkdirSync(join(data, "journal"), { recursive: true });
    writeFileSync(join(data, "journal", "00000000-dead.log"), lines.map((line) => `${line}\n`).join(""));
  };
  const journaled = () =>
    readdirSync(join(data, "journal"))
      .filter((name) => name.endsWith(".log"))
      .flatMap((name) =>
        readFileSync(join(data, "journal", name), "utf8")
          .split("\n")
          .filter(Boolean),
      );

  test("a line that names a folder, and nothing that is stored there, is named in the log and forgotten", async () => {
    leave("notes/call the printer", "articles/", `windows/${"x".repeat(2_000)}`, "articles/gone.json");
    await start();
    await wire?.idle();
    await expect.poll(journaled).toEqual([]);
    const named = logs.filter(({ event }) => event === "journal.unknown").map(({ details }) => details?.key);
    expect(named).toContain("notes/call the printer");
    await stop();
    expect(journaled()).toEqual([]);
  });

  test("a key of something that a newer version has stored stays for that version", async () => {
    await start();
    await wire?.services.stores.newsroom.put("stories/a.json", Buffer.from("{}"));
    await stop();
    leave("stories/a.json", "notes/call the printer");
    await start();
    await wire?.idle();
    await expect.poll(journaled).toEqual(["stories/a.json"]);
  });
});

describe("when tokens.json is damaged", () => {
  const path = () => inNewsroom("tokens", "tokens.json");
  const entry = { name: "cms", created: "2026-01-01T00:00:00.000Z" };

  test.each([
    ["no JSON", "{"],
    ["JSON of another shape", "[]"],
    ["without a list", "{}"],
    ["with a hash that is none", JSON.stringify({ tokens: [{ ...entry, sha256: "abc" }] })],
    ["with an entry that is none", JSON.stringify({ tokens: [null] })],
    [
      "with an end that is no date",
      JSON.stringify({ tokens: [{ ...entry, sha256: "0".repeat(64), expires: "never" }] }),
    ],
  ])("(%s) nobody gets in by it, and answer and log say which file", async (_, text) => {
    const { url, services, token } = await start();
    const secret = await createToken(services, "cms");
    const ask = async (bearer: string) => {
      const response = await fetch(`${url}/articles/none`, {
        headers: { authorization: `Bearer ${bearer}` },
      });
      return { status: response.status, body: await response.text() };
    };
    expect((await ask(secret)).status).toBe(404);
    writeFileSync(path(), text);
    await stop();
    logs = [];
    const again = await start();
    // A moment that stands still: a damaged file is read again, and named again, some seconds later.
    const moment = Date.now();
    again.services.now = () => moment;
    const asked = (bearer: string) =>
      fetch(`${again.url}/articles/none`, { headers: { authorization: `Bearer ${bearer}` } });
    for (const bearer of [secret, "fw_guess"]) {
      const response = await asked(bearer);
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
      expect(await response.json()).toMatchObject({
        type: "urn:flashwire:problem:unavailable",
        detail: expect.stringMatching(/tokens\/tokens\.json .*nobody gets in/),
      });
    }
    expect(logs.filter(({ event }) => event === "tokens.failed")).toEqual([
      {
        event: "tokens.failed",
        details: { key: "tokens/tokens.json", error: expect.stringMatching(/cannot be read\. Restore/) },
      },
    ]);
    // The wire's own token is not in that file, and readers need none.
    expect((await asked(token ?? "")).status).toBe(404);
    expect((await fetch(`${again.url}/feeds/all/rss.xml`)).status).toBe(200);
    expect((await fetch(`${again.url}/articles/none`)).status).toBe(401);
    renameSync(path(), `${path()}.damaged`);
    const mended = await createToken(again.services, "cms");
    again.services.now = () => moment + UNKNOWN_TOKEN_CACHE_MS;
    expect((await asked(mended)).status).toBe(404);
    expect(existsSync(`${path()}.damaged`)).toBe(true);
  });
});
