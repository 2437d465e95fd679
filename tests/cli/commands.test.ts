import { once } from "node:events";
import { mkdtemp, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import config from "../../flashwire.config.ts";
import { servedWire } from "../support/served-wire.ts";
import { flashwire, linesOf, story } from "./support.ts";

/** The whole local wire in this process; the command line finds it, and its token, through the data folder. */
const served = servedWire();
const { folder, data, file } = served;

const run = (args: string[], input?: string) => flashwire(args, { FLASHWIRE_DATA: data }, input);

async function stored(id: string): Promise<{ headline?: string } | undefined> {
  const response = await fetch(`${served.wire.url}/articles/${id}`, {
    headers: { authorization: `Bearer ${served.token}` },
  });
  return response.ok ? ((await response.json()) as { headline?: string }) : undefined;
}

/** A server that is not this machine's wire; it notes what it is sent. */
async function elsewhere(): Promise<{ url: string; seen: string[]; close(): void }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen, close: () => server.close() };
}

describe.concurrent("when records are ingested", () => {
  test("one record over several lines is taken, and told as unchanged when it comes again", async () => {
    const path = file("one.json", JSON.stringify(story("one"), null, 2));
    const first = await run(["ingest", path]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(/^1 record in .* s \(.*\/s\): 1 created\n$/);
    expect(await stored("one")).toMatchObject({ headline: "Story one" });
    expect((await run(["ingest", path])).stdout).toMatch(/: 1 unchanged\n$/);
  });

  test("a folder is taken in the order of its names, and only the record files in it", async () => {
    file("folder/b/2.ndjson", `${JSON.stringify(story("dir", { headline: "Second", revision: 2 }))}\n`);
    file(
      "folder/a/1.json",
      JSON.stringify([story("dir", { headline: "First", revision: 1 }), story("dir-b")]),
    );
    file("folder/3.jsonl", `${JSON.stringify(story("dir-c"))}\n\n`);
    file("folder/README.md", "# No record");
    const { code, stdout } = await run(["ingest", "--json", join(folder, "folder")]);
    expect(code).toBe(0);
    expect(linesOf(stdout).slice(0, -1)).toEqual([
      expect.objectContaining({
        file: join(folder, "folder/3.jsonl"),
        line: 1,
        id: "dir-c",
        result: "created",
      }),
      expect.objectContaining({
        file: join(folder, "folder/a/1.json"),
        item: 1,
        id: "dir",
        version: "1",
        status: 201,
      }),
      expect.objectContaining({
        item: 2,
        id: "dir-b",
        result: "created",
        feeds: expect.arrayContaining(["all", "section/world"]),
      }),
      expect.objectContaining({
        file: join(folder, "folder/b/2.ndjson"),
        line: 1,
        id: "dir",
        version: "2",
        result: "updated",
      }),
    ]);
    expect(await stored("dir")).toMatchObject({ headline: "Second" });
  });

  test("the warnings of records that are taken are printed with file and line, and the command answers 0", async () => {
    const lines = [story("w-a"), story("w-b", { colour: "red", tags: [7, { nme: "x" }] })];
    const path = file("warned.ndjson", lines.map((line) => JSON.stringify(line)).join("\n"));
    const { code, stdout, stderr } = await run(["ingest", path]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/: 2 created\n$/) });
    const warnings = stderr.trimEnd().split("\n");
    for (const warning of warnings) expect(warning).toContain(`${path}:2: w-b #/`);
    expect(warnings.map((warning) => /#\/\w+/.exec(warning)?.[0])).toEqual(
      expect.arrayContaining(["#/colour", "#/tags"]),
    );
    const [plain, warned] = linesOf((await run(["ingest", "--json", path])).stdout);
    expect(plain).not.toHaveProperty("warnings");
    expect(warned).toMatchObject({ result: "unchanged", line: 2 });
    expect(warned?.warnings).toHaveLength(warnings.length);
  });

  test("a file without a record is an error, a pipe without one is not", async () => {
    const good = file("some/good.json", JSON.stringify(story("beside-empty")));
    const empty = file("some/empty.json", "");
    for (const blank of [empty, file("some/blank.ndjson", " \n\n")]) {
      for (const command of ["ingest", "validate"]) {
        const { code, stderr } = await run([command, good, blank]);
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/There is no record/) });
        expect(stderr).toContain(blank);
      }
    }
    expect(await stored("beside-empty")).toBeDefined();
    expect(await run(["ingest", file("none.json", "[]")])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("There is no record"),
    });
    expect(await run(["ingest", "-"], "")).toMatchObject({ code: 0, stderr: "" });
  });

  test("a link to nowhere in a folder is its own error, and the files beside it are taken", async () => {
    file("linked/b.json", JSON.stringify(story("beside-link")));
    const link = join(folder, "linked/a.json");
    await symlink(join(folder, "nowhere.json"), link);
    for (const [command, done] of [
      ["validate", "1 valid"],
      ["ingest", "1 created"],
    ] as const) {
      const { code, stdout, stderr } = await run([command, join(folder, "linked")]);
      expect({ code, stderr }).toEqual({ code: 1, stderr: `${link}: This file cannot be read (ENOENT).\n` });
      expect(stdout).toContain(done);
    }
  });

  test.each([
    ["lines", [story("in-a"), story("in-b")].map((value) => JSON.stringify(value)).join("\n")],
    ["an array", JSON.stringify([story("in-c"), story("in-d")])],
    ["one record", JSON.stringify(story("in-e"), null, 2)],
  ])("standard input is taken: %s", async (_, input) => {
    const { code, stdout } = await run(["ingest", "-"], input);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/: [12] created\n$/) });
  });

  test("good lines are kept, and the file, the line and every wrong field of the others are named", async () => {
    const lines = [
      JSON.stringify(story("good-1")),
      '{"id": "cut',
      "",
      JSON.stringify({ ...story("bad"), headline: " ", url: "/relative", colour: "red" }),
      JSON.stringify(story("good-2")),
    ];
    const path = file("mixed.ndjson", lines.join("\n"));
    const { code, stdout, stderr } = await run(["ingest", path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^4 records in .*2 created/);
    expect(stdout).toMatch(/2 refused/);
    expect(stderr.trim().split("\n").sort()).toEqual([
      expect.stringContaining(`${path}:2: This is not JSON`),
      expect.stringMatching(`^${path}:4: bad #/colour `),
      expect.stringMatching(`^${path}:4: bad #/headline `),
      expect.stringMatching(`^${path}:4: bad #/url must be an absolute`),
    ]);
    expect(await stored("good-2")).toBeDefined();
    expect(await stored("bad")).toBeUndefined();
  });

  test("the answer in JSON has a line for each record, then the summary", async () => {
    const input = `${JSON.stringify(story("js"))}\n${JSON.stringify({ id: "js-bad" })}\n`;
    const { code, stdout, stderr } = await run(["--json", "ingest", "-"], input);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(linesOf(stdout)).toEqual([
      {
        file: "stdin",
        line: 1,
        id: "js",
        result: "created",
        status: 201,
        version: expect.any(String),
        feeds: expect.any(Array),
      },
      {
        file: "stdin",
        line: 2,
        id: "js-bad",
        status: 422,
        problem: expect.objectContaining({
          errors: expect.arrayContaining([{ pointer: "#/headline", detail: "is required" }]),
        }),
      },
      { summary: { records: 2, created: 1, refused: 1, seconds: expect.any(Number), complete: true } },
    ]);
  });

  test("with --wait a record is answered only when its feeds show it", async () => {
    await run(["ingest", "--wait", "-"], JSON.stringify(story("waited")));
    const feed = await (await fetch(`${served.wire.url}/feeds/section/world/feed.json`)).text();
    expect(feed).toContain("Story waited");
    // The wire is quick enough to show it without being asked, so look at what it is asked.
    const other = await elsewhere();
    await run(["ingest", "--wait", "-", "--url", other.url], JSON.stringify(story("waited")));
    other.close();
    expect(other.seen[0]).toBe("POST /articles?wait=published undefined");
  });

  test("an older version is refused", async () => {
    await run(["ingest", "-"], JSON.stringify(story("aged", { revision: 5 })));
    const { code, stderr } = await run(["ingest", "-"], JSON.stringify(story("aged", { revision: 4 })));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stdin:1: aged .*older/);
  });
});

describe.concurrent("when a story is shown", () => {
  test("the command says which documents show the article, its update and its flag", async () => {
    const article = story("shown", {
      updated: "2026-01-02T08:30:00Z",
      breaking: { level: "flash" },
      tags: ["北朝鮮"],
    });
    await run(["ingest", "--wait", "-"], JSON.stringify(article));
    const { code, stdout } = await run(["show", "shown"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Story shown\n");
    expect(stdout).toMatch(/^ {2}breaking +flash$/m);
    for (const feed of ["all", "breaking", "section/world", "language/en-us", "tag/北朝鮮"]) {
      for (const format of ["rss", "atom", "json"]) {
        expect(stdout).toMatch(
          new RegExp(`^${feed} +${format} +present +2026-01-02T08:30:00.000Z +flash +http`, "m"),
        );
      }
    }
  });

  test("the command notices a document that is behind the record", async () => {
    await run(["ingest", "--wait", "-"], JSON.stringify(story("behind", { section: "Nowhere" })));
    const key = "feeds/section/nowhere/feed.json";
    const store = served.wire.services.stores.published;
    const document = Buffer.from((await store.get(key))?.body ?? "").toString();
    await store.put(key, Buffer.from(document.replaceAll("2026-01-01", "2025-12-31")));
    await store.put(key.replace("feed.json", "rss.xml"), Buffer.from("<rss><channel>"));
    const { stdout } = await run(["show", "behind", "--json"]);
    const { documents } = JSON.parse(stdout);
    const states = documents
      .filter(({ feed }: { feed: string }) => feed === "section/nowhere")
      .map(({ format, state }: { format: string; state: string }) => [format, state]);
    expect(states).toEqual([
      ["rss", "failed"],
      ["atom", "present"],
      ["json", "other version"],
    ]);
  });

  test("an id that the wire does not know is an error", async () => {
    expect(await run(["show", "nobody"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no article nobody"),
    });
  });
});

describe.concurrent("when a story is withdrawn", () => {
  test("the article is killed, and `show` tells that it is gone", async () => {
    await run(["ingest", "--wait", "-"], JSON.stringify(story("killed")));
    expect(await run(["withdraw", "killed", "--reason", "By mistake"])).toMatchObject({
      code: 0,
      stdout: "killed is withdrawn.\n",
    });
    expect((await run(["withdraw", "killed"])).stdout).toBe("killed is withdrawn; it already was.\n");
    const { code, stdout } = await run(["show", "killed"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}reason +By mistake$/m);
    expect(stdout).toMatch(/^all \(left\) +rss +withdrawn /m);
    expect(stdout).toMatch(/^all \(left\) +atom +withdrawn /m);
    expect(stdout).toMatch(/^section\/world \(left\) +json +withdrawn /m);
    expect(stdout).not.toMatch(/ present /);
  });

  test("a story that is not there is an error", async () => {
    expect(await run(["withdraw", "nobody"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("nobody"),
    });
  });
});

describe("when feeds are listed and rebuilt", () => {
  test("every feed is listed, with its address", async () => {
    await run(["ingest", "-"], JSON.stringify(story("listed", { section: "Weather" })));
    // A new feed is listed after a moment.
    await expect
      .poll(async () => (await run(["feeds"])).stdout, { timeout: 20_000 })
      .toContain("section/weather");
    const { stdout } = await run(["feeds"]);
    expect(stdout).toMatch(/^all +All stories +http:.*\/feeds\/all\/rss\.xml$/m);
    expect(stdout).toMatch(/^section\/weather +\S+ +http/m);
    const listed = JSON.parse((await run(["feeds", "--json"])).stdout);
    expect(listed.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["all", "section/weather"]),
    );
  });

  test("a document is mended beside the running wire", async () => {
    const key = "feeds/all/feed.json";
    const { published } = served.wire.services.stores;
    await served.wire.idle();
    const before = Buffer.from((await published.get(key))?.body ?? "").toString();
    await published.put(key, Buffer.from("broken"));
    expect(await run(["rebuild", "all"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 feed made from \d+ records/),
    });
    expect(Buffer.from((await published.get(key))?.body ?? "").toString()).toBe(before);
    expect(await run(["rebuild", "nothing"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("nothing"),
    });
  });
});

describe.concurrent("when a command ends", () => {
  test.each([
    ["an unknown option", ["ingest", "--tokn=hunter2", "x.json"], "unknown option '--tokn'"],
    ["an unknown command", ["ingst", "x.json"], "Did you mean ingest?"],
    ["a missing argument", ["show"], "missing required argument"],
    ["a file that is not there", ["ingest", "no-such.json"], "no-such.json does not exist"],
    ["a bad address", ["feeds", "--url", "news.example.org"], "--url must be an absolute http"],
    ["a token that no header can carry", ["feeds", "--token", "hunter2\n"], "--token must be"],
  ])("the exit code is 2 for %s, which is named", async (_, args, message) => {
    const { code, stderr, stdout } = await run(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
    expect(stdout + stderr).not.toContain("hunter2");
  });

  test("the exit code is 3 for a wrong token, which is not repeated", async () => {
    const { code, stdout, stderr } = await run(
      ["ingest", "--token", "hunter2", "-"],
      JSON.stringify(story("x")),
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(/does not accept this token/);
    expect(stderr).not.toContain("hunter2");
  });

  test("the exit code is 3, soon and with a hint, for a wire that is not there", async () => {
    const env = { FLASHWIRE_DATA: join(folder, "nothing"), PORT: "1" };
    const { code, stderr } = await flashwire(["ingest", "-"], env, JSON.stringify(story("x")));
    expect(code).toBe(3);
    expect(stderr).toMatch(/Cannot reach http:\/\/127\.0\.0\.1:1 .*npm start/);
  });
});

describe.concurrent("when a server.json is read", () => {
  test.each(["", "garbage", "null", "{}", '{"url":"nowhere"}'])(
    "the text %j is an error that names the file",
    async (text) => {
      const broken = await mkdtemp(join(folder, "broken-"));
      await writeFile(join(broken, "server.json"), text);
      const { code, stderr } = await flashwire(["feeds"], { FLASHWIRE_DATA: broken });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(join(broken, "server.json")),
      });
      // It says nothing of a wire that is named otherwise.
      const env = { FLASHWIRE_DATA: broken, FLASHWIRE_URL: served.wire.url };
      expect(await flashwire(["feeds"], env)).toMatchObject({ code: 0 });
    },
  );
});

describe.concurrent("when a command has a token", () => {
  test("that of the data folder goes to its own wire only, whatever the loopback is called", async () => {
    const other = await elsewhere();
    await run(["withdraw", "token", "--url", other.url]);
    other.close();
    expect(other.seen).toEqual(["DELETE /articles/token?wait=published undefined"]);
    await run(["ingest", "-"], JSON.stringify(story("token")));
    const local = served.wire.url.replace("127.0.0.1", "localhost");
    expect(await run(["withdraw", "token", "--url", local])).toMatchObject({ code: 0 });
  });

  test("that of the environment is the first of several, and an option goes before it", async () => {
    const other = await elsewhere();
    const env = { FLASHWIRE_URL: other.url, FLASHWIRE_TOKEN: "cms=secret1,desk=secret2" };
    await flashwire(["withdraw", "a"], env);
    await flashwire(["withdraw", "b", "--token", "mine=="], env);
    other.close();
    expect(other.seen).toEqual([
      "DELETE /articles/a?wait=published Bearer secret1",
      "DELETE /articles/b?wait=published Bearer mine==",
    ]);
  });
});

test("when help is asked for, every command has examples", async () => {
  const commands = ["", "ingest", "show", "withdraw", "feeds", "validate", "rebuild"];
  const runs = await Promise.all(commands.map((command) => run([...(command ? [command] : []), "--help"])));
  for (const { code, stdout } of runs) {
    expect(code).toBe(0);
    expect(stdout).toContain("Examples:\n  $ npx flashwire ");
    expect(stdout).toContain("--url <origin>");
  }
});

describe("when records are validated", () => {
  test("no wire is needed, and the rules are those of a wire", async () => {
    const input = `${JSON.stringify(story("v"))}\n${JSON.stringify({ ...story("w"), headline: true })}\n{`;
    const { code, stdout, stderr } = await flashwire(["validate", "-"], {}, input);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^3 records in .*: 1 valid, 2 refused\n$/);
    expect(stderr).toMatch(/^stdin:2: w #\/headline must be a string/m);
    expect(stderr).toMatch(/^stdin:3: This is not JSON/m);
  });

  test("the command knows today's date, and which identifiers the site file keeps for other articles", async () => {
    const { authority, year } = config;
    const guid = (id: string) => `tag:${authority},${year}:article/${id}`;
    const records = [
      story("v", { published: "2999-01-01T00:00:00Z" }),
      story("w", { guid: guid("other") }),
      story("x", { guid: guid("x") }),
    ];
    const input = records.map((record) => JSON.stringify(record)).join("\n");
    const { stdout, stderr } = await flashwire(["validate", "-"], {}, input);
    expect(stdout).toMatch(/: 2 refused, 1 valid\n$/);
    expect(stderr).toMatch(/^stdin:1: v #\/published must be at most 400 days ahead/m);
    expect(stderr).toMatch(/^stdin:2: w #\/guid is what readers know article other by/m);
  });
});
