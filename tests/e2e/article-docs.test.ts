import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ChildWire, startChildWire, TOKEN } from "../support/child-wire.ts";

/** The commands of docs/article.md, run as they stand there, on a real wire. They need curl and Python 3. */

const ROOT = join(import.meta.dirname, "../..");

let data: string;
let wire: ChildWire;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "flashwire-article-docs-"));
  wire = await startChildWire(data);
});
afterAll(async () => {
  await wire.kill();
  rmSync(data, { recursive: true, force: true });
});

/** The commands of the page, without those that name the wire and the token. */
const commands = [
  ...readFileSync(join(ROOT, "docs/article.md"), "utf8").matchAll(/^```sh\n(.*?)^```$/gms),
].map(([, command = ""]) => command);

async function run(command: string, url = wire.url) {
  const child = spawn("sh", ["-c", command], { cwd: ROOT, env: { ...process.env, WIRE: url, TOKEN } });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, stdout, stderr };
}

async function inFeed(url: string): Promise<{ title: string; change?: unknown } | undefined> {
  const feed = (await (await fetch(`${wire.url}/feeds/all/feed.json`)).json()) as {
    items: { url: string; title: string; _flashwire?: { change?: unknown } }[];
  };
  const item = feed.items.find((one) => one.url === url);
  return item && { title: item.title, ...item._flashwire };
}

test("when the commands of the page are typed in their order, the article is sent, corrected and withdrawn", async () => {
  const bridge = "https://news.example.org/2026/harbour-bridge";
  const [put, correct, withdraw, python, ...more] = commands;
  expect(more, "commands that no test knows").toEqual([]);

  const created = await run(put ?? "");
  const page = readFileSync(join(ROOT, "docs/article.md"), "utf8");
  const [, promised = ""] = /```json\n(.*?)```/s.exec(page) ?? [];
  expect({ code: created.code, answer: JSON.parse(created.stdout) }).toEqual({
    code: 0,
    answer: JSON.parse(promised),
  });
  expect(await inFeed(bridge)).toMatchObject({ title: "Harbour bridge reopens" });

  expect(JSON.parse((await run(correct ?? "")).stdout)).toMatchObject({ result: "updated" });
  expect(await inFeed(bridge)).toMatchObject({
    title: "Harbour bridge reopens after 14 months",
    change: { kind: "correction" },
  });

  expect(JSON.parse((await run(withdraw ?? "")).stdout)).toMatchObject({ result: "withdrawn" });
  expect(await inFeed(bridge)).toBeUndefined();

  const sent = await run(python ?? "");
  expect(sent).toMatchObject({ code: 0, stderr: "" });
  expect(sent.stdout).toMatch(/^harbour-bridge-reopens created: all, /);
});

describe("examples/send_article.py", () => {
  const record = {
    id: "py",
    url: "https://news.example.org/py",
    headline: "Py",
    published: "2026-11-02T06:10:00Z",
  };
  const sendFile = (value: object, url?: string) => {
    const file = join(data, "record.json");
    writeFileSync(file, JSON.stringify(value));
    return run(`python3 examples/send_article.py '${file}'`, url);
  };

  test("when the wire refuses the record, it prints every wrong field and exits with 1", async () => {
    const { code, stderr } = await sendFile({ ...record, headline: "", url: "nowhere" });
    expect(code).toBe(1);
    expect(stderr).toMatch(/record\.json: #\/url must be an absolute http or https URL/);
    expect(stderr).toMatch(/record\.json: #\/headline is required/);
  });

  test("when the wire is busy, it sends the same record again after the pause that the wire asks for", async () => {
    const seen: string[] = [];
    const server = createServer(async (request, response) => {
      seen.push(await text(request));
      if (seen.length < 3) response.writeHead(503, { "Retry-After": "0" }).end();
      else response.end(JSON.stringify({ id: "py", version: "1", result: "created", feeds: ["all"] }));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await sendFile(record, `http://127.0.0.1:${port}`);
    server.close();
    expect({ code, stdout }).toEqual({ code: 0, stdout: "py created: all\n" });
    expect(seen.map((body) => JSON.parse(body))).toEqual([record, record, record]);
  });
});
