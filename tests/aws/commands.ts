import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeArticleId } from "../../src/core/article-id.ts";
import { expectTruth } from "../support/compare-sites.ts";
import * as account from "./account.ts";
import { NEWSROOM, ORIGIN, type Wire } from "./deployed.ts";
import { STACK } from "./deployment.ts";
import { type Edge, startEdge } from "./edge.ts";
import { article, textOf } from "./stories.ts";
import { runBeside } from "./tools.ts";

/** The command line as its users type it, against the built functions. */
export function commandChecks(wire: Wire): void {
  let edge: Edge;
  let stopEvents: () => Promise<void>;
  let token: string;

  const flashwire = (...args: string[]) =>
    runBeside("node", ["src/cli/main.mjs", ...args], {
      ...wire.person("administrator"),
      ...edge.env,
      FLASHWIRE_TOKEN: token,
    });
  const onStack = (...args: string[]) => flashwire(...args, "--stack", STACK);

  beforeAll(async () => {
    token = "";
    edge = await startEdge(wire, await wire.lambda("ingest"));
    stopEvents = await playEvents(wire);
  });
  afterAll(async () => {
    edge.stop();
    await stopEvents();
  });

  test("three commands: a token, an article in all its feeds, and the proof that readers see it", async () => {
    token = (await onStack("token", "create", "desk")).trim();
    expect(await flashwire("ingest", "examples/article.json", "--url", ORIGIN)).toMatch(/1 created/);
    expect(await flashwire("smoke", ORIGIN)).toMatch(/^https:\/\/wire\.test works: in _smoke, 4 formats/);
    expect(textOf(await wire.services.stores.published.get("feeds/all/rss.xml"))).not.toMatch(
      /smoke|Test of/,
    );
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("show, feeds and withdraw find the deployed wire by its address", async () => {
    const at = (...args: string[]) => flashwire(...args, "--url", ORIGIN);
    expect(await at("show", "harbour-bridge-reopens")).toContain(`${ORIGIN}/feeds/all/rss.xml`);
    // The directory is written by the tick.
    await (await wire.lambda("sweep", { env: edge.network })).invoke({});
    const feeds = JSON.parse(await at("feeds", "--json")).map(({ name }: { name: string }) => name);
    expect(feeds).toEqual(expect.arrayContaining(["all", "breaking", "corrections", "section/city"]));
    expect(feeds).not.toContain("_smoke");
    await at("withdraw", "harbour-bridge-reopens", "--reason", "a check");
    expect(await at("show", "harbour-bridge-reopens")).toMatch(/withdrawn .*\n\s+reason +a check/);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("a file of many records goes in by way of the API", async () => {
    const file = join(wire.folder, "day.ndjson");
    const lines = Array.from({ length: 40 }, (_, n) =>
      JSON.stringify(article(`day-${n}`, { headline: `№ ${n}` })),
    );
    writeFileSync(file, `${lines.join("\n")}\n{"id":"bad"}\n`);
    await expect(flashwire("ingest", file, "--url", ORIGIN)).rejects.toThrow(/40 created.*1 refused/s);
    expect(await flashwire("show", "day-39", "--url", ORIGIN)).toContain("№ 39");
  });

  test("batches at the largest size that the command line makes pass, whatever is in them", async () => {
    const file = join(wire.folder, "large.ndjson");
    // Almost as large as a record may be. They have no headline, so the wire refuses each of them by itself.
    const lines = Array.from({ length: 9 }, (_, n) => {
      const record = { id: `large-${n}`, url: "https://news.example.org/large", body: "" };
      return JSON.stringify({ ...record, body: '"'.repeat(500_000) });
    });
    writeFileSync(file, `${lines.join("\n")}\n`);
    await expect(flashwire("ingest", file, "--url", ORIGIN)).rejects.toThrow(/9 refused/);
  });

  test("a body that is too large for Lambda gets 413, also when it is below the 10 MB of the HTTP API", async () => {
    const script = `
      const body = new Uint8Array(4.6 * 1_048_576);
      const headers = { "content-type": "application/x-ndjson" };
      fetch("${ORIGIN}/articles", { method: "POST", headers, body })
        .then(({ status }) => console.log(status))
        .then(() => process.exit());`;
    expect(await runBeside("node", ["-e", script], edge.env)).toBe("413\n");
  });

  test("readers find 404 where no feed is, and nothing that is not a document", async () => {
    const expected = {
      "/feeds/all/atom.xml": 200,
      "/feeds": 200,
      "/feeds/index.json": 200,
      "/feeds?after=tag/x": 400,
      "/feeds/section/nowhere/atom.xml": 404,
      "/": 200,
      "/search.json": 200,
      "/healthz": 200,
      "/openapi.json": 200,
      "/about/extension": 200,
      "/schemas/article.schema.json": 200,
      "/schemas/flashwire-extension.schema.json": 200,
      "/schemas/story.schema.json": 200,
      "/changes/open.json": 200,
      "/changes/open.json?bust=1": 200,
      "/changes/nowhere/0.json": 404,
      "/snapshots/nowhere/0.json": 404,
      "/stories/first.json": 200,
      "/stories/nobody.json": 404,
      "/articles/day-1": 401,
    };
    const script = `
      const ask = async (path) => [path, (await fetch("${ORIGIN}" + path, { redirect: "manual" })).status];
      Promise.all(${JSON.stringify(Object.keys(expected))}.map(ask))
        .then((statuses) => console.log(JSON.stringify(Object.fromEntries(statuses))))
        .then(() => process.exit());`;
    expect(JSON.parse(await runBeside("node", ["-e", script], edge.env))).toEqual(expected);
  });

  test("partners find each story that the change log names, whatever its id", async () => {
    const ids = ["2026/11/brücke", "a%2Fb", "../..", "خبر"];
    const file = join(wire.folder, "odd.ndjson");
    const lines = ids.map((id, n) => JSON.stringify({ ...article(`odd-${n}`), id }));
    writeFileSync(file, `${lines.join("\n")}\n`);
    expect(await flashwire("ingest", "--wait", file, "--url", ORIGIN)).toMatch(/4 created/);
    const script = `
      const ask = async ({ href }) => [href, (await fetch("${ORIGIN}" + href)).status];
      fetch("${ORIGIN}/changes/open.json?now")
        .then((answer) => answer.json())
        .then(({ changes }) => Promise.all(changes.map(ask)))
        .then((answers) => console.log(JSON.stringify(answers)))
        .then(() => process.exit());`;
    const found: [string, number][] = JSON.parse(await runBeside("node", ["-e", script], edge.env));
    const hrefs = ids.map((id) => `/stories/${encodeArticleId(id)}.json`);
    expect(found.map(([href]) => href)).toEqual(expect.arrayContaining(hrefs));
    expect(found.filter(([, status]) => status !== 200)).toEqual([]);
  });

  test("readers of an old spelling are sent on at the edge, with their query", async () => {
    const old = "/feeds/tag/i%CC%87stanbul/atom.xml?since=1";
    const script = `
      fetch("${ORIGIN}${old}", { redirect: "manual" })
        .then(({ status, headers }) => console.log(JSON.stringify([status, headers.get("location")])))
        .then(() => process.exit());`;
    expect(JSON.parse(await runBeside("node", ["-e", script], edge.env))).toEqual([
      301,
      `${ORIGIN}/feeds/tag/istanbul/atom.xml?since=1`,
    ]);
  });

  test("a wrong region, or none, is said so", async () => {
    const statusIn = (AWS_REGION: string | undefined) =>
      runBeside("node", ["src/cli/main.mjs", "status", "--stack", STACK], {
        ...wire.env,
        AWS_REGION,
        AWS_CONFIG_FILE: "/dev/null",
      });
    await expect(statusIn("eu-west-3")).rejects.toThrow(
      /no stack flashwire-dev in eu-west-3 of this account/,
    );
    await expect(statusIn(undefined)).rejects.toThrow(/Set AWS_REGION/);
  });

  test("token, status, replay and rebuild work on the stack", async () => {
    const secret = (await onStack("token", "create", "partner", "--expires", "2999-01-01")).trim();
    // Each time in a fresh process: a warm one believes what it read for a minute.
    const ask = async () =>
      (await wire.lambda("ingest")).invoke(account.httpRequest("GET", "/articles/first", secret));
    expect(await ask()).toMatchObject({ ok: true, result: { statusCode: 200 } });
    const other = JSON.parse(await onStack("token", "create", "other", "--read", "--json"));
    expect(other).toMatchObject({ url: ORIGIN, scopes: ["read"] });
    expect(
      await (await wire.lambda("ingest")).invoke(
        account.httpRequest("DELETE", "/articles/first", other.token),
      ),
    ).toMatchObject({ ok: true, result: { statusCode: 403 } });
    expect(await onStack("token", "list")).toMatch(/partner .*works until 2999-01-01/);
    await onStack("token", "revoke", "partner");
    expect(await ask()).toMatchObject({ ok: true, result: { statusCode: 401 } });
    expect(JSON.parse(await onStack("status", "--json"))).toMatchObject({
      url: ORIGIN,
      queues: { publish: { dead: 0 }, inbox: { waiting: 0, dead: 0 } },
      upkeep: { last: { documents: 0, repaired: [], failed: [] }, repairs: [] },
      problems: [],
    });
    expect(await onStack("status")).toMatch(
      /^documents behind: none; looked at \d+ records and \d+ feeds, \d{4}-/m,
    );
    expect(await onStack("replay")).toContain("0 messages");
    expect(await onStack("rebuild", "section/world")).toContain("1 feed made");
    await expectTruth(wire.services.site, wire.services.stores);
  });
}

/** From now on a record that is written is published, as on AWS: S3 tells the queue, the queue calls publish. */
async function playEvents(wire: Wire): Promise<() => Promise<void>> {
  const publish = await wire.lambda("publish");
  let going = true;
  wire.gate.onWritten = (bucket, key) => {
    if (bucket === NEWSROOM) void wire.notify(key);
  };
  const loop = (async () => {
    while (going) {
      await wire.drain(publish);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return async () => {
    wire.gate.onWritten = undefined;
    going = false;
    await loop;
  };
}
