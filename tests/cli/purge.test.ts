import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { servedWire } from "../support/served-wire.ts";
import { flashwire, story } from "./support.ts";

/** The commands of the night on which the lawyers call, on a real wire that runs in this process. */
const served = servedWire();
const { data } = served;
const SECRET = "Anna Muster";

const run = (...args: string[]) => flashwire(args, { FLASHWIRE_DATA: data });

/**
 * The files of the data folder that hold this text. Lock files hold none, and the wire that runs in this process loses its locks when
 * this process opens and closes one (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
function holding(text: string): string[] {
  const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const paths = files
    .filter(({ name }) => !name.endsWith(".lock"))
    .map((file) => join(file.parentPath, file.name));
  return paths.filter((path) => readFileSync(path).includes(text));
}

async function send(id: string, headline: string): Promise<void> {
  const response = await fetch(`${served.wire.url}/articles/${id}?wait=published`, {
    method: "PUT",
    headers: { authorization: `Bearer ${served.wire.token}`, "content-type": "application/json" },
    body: JSON.stringify(story(id, { headline, updated: new Date().toISOString() })),
  });
  expect(response.status).toBeLessThan(300);
}

const feed = async () => (await fetch(`${served.wire.url}/feeds/all/feed.json`)).text();

describe("when a story is purged", () => {
  test("its content goes from the whole data folder, beside a running wire, and the tombstone stays", async () => {
    const lines = [story("a", { headline: SECRET }), story("b", { headline: "Bystander" })];
    writeFileSync(
      join(data, "inbox", "day.ndjson"),
      `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`,
    );
    // Looked at twice: what stands still is taken.
    await served.wire.inbox.tick();
    await served.wire.inbox.tick();
    await served.wire.idle();
    await send("a", `${SECRET} again`);
    expect(await feed()).toContain(SECRET);
    expect(holding(SECRET).length).toBeGreaterThan(6);

    const { code, stdout, stderr } = await run("purge", "a", "--yes", "--reason", "Court order 7");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("a is withdrawn now; the tombstone stays.");
    expect(stdout).toContain("inbox: day.ndjson: 1 cut out");
    expect(stdout).toMatch(/Outside of its reach:\n- caches of documents: .* for 60 seconds/);
    expect(holding(SECRET)).toEqual([]);
    expect(holding("Court order 7").map((path) => path.slice(data.length))).toEqual([
      expect.stringMatching(/newsroom.articles.a\.json$/),
    ]);
    expect(await feed()).not.toContain(SECRET);
    expect(await feed()).toContain("Bystander");
    // The running wire finds nothing new in what was rewritten.
    await served.wire.inbox.tick();
    await served.wire.inbox.tick();
    const result = JSON.parse(readFileSync(join(data, "inbox", "day.ndjson.result"), "utf8"));
    expect(result).toMatchObject({ done: 2, accepted: 2 });

    const again = await run("purge", "a", "--yes", "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({
      id: "a",
      was: "withdrawn",
      left: [],
      outside: expect.any(Array),
    });
  });

  test("the command asks first: without a terminal and without --yes nothing is done", async () => {
    await send("c", "Still here");
    const { code, stderr } = await run("purge", "c");
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("give --yes") });
    expect(await feed()).toContain("Still here");
  });

  test("when the wire has never seen the article, it exits with 1 and asks whether the id is right", async () => {
    const { code, stdout, stderr } = await run("purge", "never", "--yes");
    expect(stdout).toContain("never has no record");
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "The wire has nothing of never. Is the id right?\n",
    });
  });
});

describe("withdraw", () => {
  test("when a document cannot be written, says what that means and exits with 1; when it is done, with 0", async () => {
    await send("d", "To be killed");
    // The test damages files, so it waits until the server has written to them all that it holds in memory.
    await served.wire.idle();
    const window = join(data, "newsroom", "windows", "section", "world.json");
    const good = readFileSync(window);
    writeFileSync(window, "garbage");
    const failed = await run("withdraw", "d", "--notice", "It was wrong.");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(
      "d is being withdrawn: the wire has the kill, but some documents may show",
    );
    writeFileSync(window, good);
    await expect.poll(async () => (await run("withdraw", "d")).code, { timeout: 60_000 }).toBe(0);
    expect(await feed()).not.toContain("To be killed");
    expect((await run("show", "d")).stdout).toMatch(/notice +It was wrong\./);
    const again = await run("withdraw", "d", "--notice", "It is being checked.");
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("d #/notice is not kept") });
  });
});
