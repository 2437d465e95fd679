import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MAX_LATE } from "../../src/core/limits.ts";
import { SMOKE_ID } from "../../src/core/smoke.ts";
import { startWire } from "../../src/local/wire.ts";
import { TOKENS_CACHE_MS } from "../../src/repository/limits.ts";
import { readRecord } from "../../src/repository/records.ts";
import { remindOf } from "../../src/repository/schedule.ts";
import { createToken } from "../../src/repository/tokens.ts";
import { putReadersNote } from "../../src/repository/upkeep-state.ts";
import { askForRepair } from "../../src/upkeep/rebuild-job.ts";
import { servedWire } from "../support/served-wire.ts";
import { flashwire, story } from "./support.ts";

/** The operator's commands on a data folder that a wire in this process serves. */
const served = servedWire();
const { data } = served;

const run = (...args: string[]) => flashwire(args, { FLASHWIRE_DATA: data });

/** What the wire answers to the holder of a token who reads an article that is not there. */
const statusFor = async (token: string) =>
  (await fetch(`${served.wire.url}/articles/nothing`, { headers: { authorization: `Bearer ${token}` } }))
    .status;

let ahead = TOKENS_CACHE_MS;

/** A wire that was just asked for an unknown token reads the tokens again some seconds later: here its clock goes on by as much. */
async function untilKnown(token: string): Promise<void> {
  const { services } = served.wire;
  const { now } = services;
  // More than the time before: what the wire reads now, it has read at that time.
  ahead += TOKENS_CACHE_MS;
  services.now = () => now() + ahead;
  expect(await statusFor(token)).toBe(404);
  services.now = now;
}

describe("a token of the data folder", () => {
  test("when it is made, the running wire takes it beside the wire's own token, until it is revoked", async () => {
    const { code, stdout, stderr } = await run("token", "create", "cms");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(`cms for ${served.wire.url}`),
    });
    const secret = stdout.trim();
    expect(await statusFor(secret)).toBe(404);
    expect(await statusFor(served.wire.token ?? "")).toBe(404);
    expect(await statusFor("fw_wrong")).toBe(401);
    expect((await run("token", "list")).stdout).toMatch(/cms +\S+ +works/);

    expect((await run("token", "revoke", "cms")).code).toBe(0);
    const { now } = served.wire.services;
    served.wire.services.now = () => Date.now() + TOKENS_CACHE_MS;
    expect(await statusFor(secret)).toBe(401);
    expect(await statusFor(served.wire.token ?? "")).toBe(404);
    served.wire.services.now = now;
    const [listed] = JSON.parse((await run("token", "list", "--json")).stdout);
    expect(listed).toMatchObject({ name: "cms", revoked: expect.any(String) });
    expect(listed.sha256).toBeUndefined();
  });

  test("when it is made to read only, it reads and nothing else, and the list says so", async () => {
    const created = await run("token", "create", "reader", "--read", "--json");
    const { token, scopes } = JSON.parse(created.stdout);
    expect(scopes).toEqual(["read"]);
    expect((await run("token", "list")).stdout).toMatch(/^reader +\S+ +works +read$/m);
    await untilKnown(token);
    const withdrawn = await run("withdraw", "nothing", "--url", served.wire.url, "--token", token);
    expect(withdrawn).toMatchObject({ code: 3, stderr: expect.stringContaining("the scope withdraw") });
    expect(withdrawn.stderr).not.toContain(token);
    const both = await run("token", "create", "other", "--read", "--scopes", "write");
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("use one of them") });
  });

  test("when it may not withdraw, a test of the wire sends nothing that it could not take back", async () => {
    const token = await createToken(served.wire.services, "writer", { scopes: ["read", "write"] });
    await untilKnown(token);
    const { code, stderr } = await run("smoke", served.wire.url, "--token", token);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("the scope withdraw") });
    expect(await readRecord(served.wire.services, SMOKE_ID)).toBeUndefined();
  });

  test("when a wire is named by its address, it is not made: the command does not go there", async () => {
    const { code, stderr } = await run("token", "create", "desk", "--url", "https://wire.example.org");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("it takes no --url") });
    expect((await run("token", "list")).stdout).not.toContain("desk");
  });
});

describe("the status of a data folder that no wire serves", () => {
  test("when there is no folder, status says so, makes none, and answers 1", async () => {
    const none = join(data, "nothing-here");
    const { code, stdout, stderr } = await flashwire(["status"], { FLASHWIRE_DATA: none });
    expect({ code, stdout, made: existsSync(none) }).toEqual({ code: 1, stdout: "", made: false });
    expect(stderr).toMatch(/^.*nothing-here .*no wire.*npm start/);
  });

  test("when the wire has stopped, status shows what waits, says that no wire runs, and answers 1", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flashwire-stopped-"));
    const stopped = await startWire({ port: 0, host: "127.0.0.1", data: folder }, () => {});
    await stopped.idle();
    await stopped.close();
    const { code, stdout, stderr } = await flashwire(["status"], { FLASHWIRE_DATA: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringMatching(/^publish +0 +- +-$/m) });
    expect(stderr).toBe(`No wire runs on ${folder}; start it with \`npm start\`.\n`);
    rmSync(folder, { recursive: true });
  });

  test("when tokens.json is damaged, the command names the file and what to do", async () => {
    const folder = mkdtempSync(join(tmpdir(), "flashwire-tokens-"));
    mkdirSync(join(folder, "newsroom", "tokens"), { recursive: true });
    writeFileSync(join(folder, "newsroom", "tokens", "tokens.json"), "{");
    for (const args of [["list"], ["create", "cms"], ["revoke", "cms"]]) {
      const { code, stderr } = await flashwire(["token", ...args], { FLASHWIRE_DATA: folder });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/tokens\/tokens\.json .*[Rr]estore .*delete/),
      });
    }
    rmSync(folder, { recursive: true });
  });
});

describe("the status of the data folder", () => {
  test("when the wire is at rest, it shows nothing waiting, and the last round of the audit", async () => {
    const { code, stdout } = await run("status", "--json");
    expect({ code, status: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      status: {
        url: served.wire.url,
        queues: { publish: { waiting: 0 }, inbox: { waiting: 0 } },
        upkeep: { last: { failed: [] }, repairs: [], nextRound: expect.stringMatching(/^\d{4}-/) },
        problems: [],
      },
    });
  });

  test("when a file waits in the inbox and a feed is asked for, it shows both", async () => {
    writeFileSync(join(data, "inbox", "late.ndjson"), "{}\n");
    await askForRepair(served.wire.services, ["section/city"]);
    symlinkSync("loop.json", join(data, "inbox", "loop.json"));
    mkdirSync(join(data, "journal", "folder.log"));
    writeFileSync(join(data, "inbox", "late.ndjson.progress"), "junk\n");
    const { code, stdout } = await run("status");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^inbox +1 +- +-$/m);
    expect(stdout).toContain("feeds that wait to be filled again: section/city");
  });

  test("when the time of a story has passed and its record cannot be read, it names the story as a problem", async () => {
    await served.wire.services.stores.newsroom.put("articles/stuck.json", Buffer.from("{"));
    await remindOf(served.wire.services, "stuck", "2026-01-01T00:00:00.000Z");
    expect((await run("status")).stderr).toContain(
      "Time should have changed stuck; the log of the wire says why",
    );
    await served.wire.services.stores.newsroom.delete("articles/stuck.json");
  });

  test("when the last look at what readers get found a fault, and is old, both are problems", async () => {
    const { services } = served.wire;
    const [since, at] = ["2026-01-01T00:00:00.000Z", "2026-01-01T07:00:00.000Z"];
    const fault = "https://wire.example.org/feeds/all/rss.xml answers 503.";
    await putReadersNote(services, { since, at, faults: [fault] });
    const { code, stdout, stderr } = await run("status");
    expect({ code, stdout }).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(`\nreaders get NOT what they should since ${since}; noted ${at}\n`),
    });
    expect(stderr).toContain(`Readers: ${fault}`);
    expect(stderr).toContain(`not looked at what readers get since ${at};`);
    await services.stores.newsroom.delete("upkeep/readers.json");
  });

  test("when stories wait, it tells those that nobody sees yet from those that are public and will change", async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const published = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const records = [story("waits", { published }), story("breaks", { breaking: { level: "flash", until } })];
    await flashwire(
      ["ingest", "-"],
      { FLASHWIRE_DATA: data },
      records.map((record) => JSON.stringify(record)).join("\n"),
    );
    const { stdout } = await run("status");
    expect(stdout).toContain(`\nstories that wait to become public: waits (${published})\n`);
    expect(stdout).toContain(`\nother stories that time will change: breaks (${until})\n`);
  });

  test("when more stories of a feed are corrected than it has room for, it says how many are left out", async () => {
    const date = "2026-01-01T00:00:00.000Z";
    const reference = { version: "2", published: date, updated: date, corrected: date };
    const late = Array.from({ length: MAX_LATE + 7 }, (_, n) => ({ id: `late-${1_000 + n}`, ...reference }));
    const nothing = { items: [] };
    const window = { feed: "section/desk", revision: 1, order: "published", entries: nothing };
    const shelves = { tombstones: nothing, changes: nothing, late: { items: late } };
    const body = Buffer.from(JSON.stringify({ ...window, ...shelves }));
    await served.wire.services.stores.newsroom.put("windows/section/desk.json", body);
    expect((await run("status")).stdout).toContain(
      "the feed section/desk has no room for 7 corrected stories behind its newest\n",
    );
  });
});

test("when AWS finds no credentials, a command on a deployed wire says what to type", async () => {
  const env = { AWS_REGION: "eu-central-1", AWS_EC2_METADATA_DISABLED: "true", HOME: data };
  const { code, stderr } = await flashwire(["status", "--stack", "flashwire-test"], env);
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr: expect.stringMatching(/^error: AWS: .*\nSet AWS_PROFILE/),
  });
});
