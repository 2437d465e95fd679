import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWire } from "../../src/local/wire.ts";
import { type ChildWire, startChildWire, TOKEN } from "../support/child-wire.ts";
import { flashwire, linesOf, MAIN, ROOT, story } from "./support.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flashwire-resume-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function records(count: number): Promise<string> {
  const path = join(folder, "records.ndjson");
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify(story(`r${i}`)));
  await writeFile(path, lines.join("\n"));
  return path;
}

test("ingest goes on by itself when the wire is killed with -9 and started again", async () => {
  const count = 200;
  const path = await records(count);
  const data = join(folder, "killed");
  const env = { FLASHWIRE_PUBLIC_URL: "http://wire.test" };
  let wire: ChildWire = await startChildWire(data, env);
  const killed = Promise.withResolvers<void>();
  // The line is held when some answers have come through, so that the wire dies in the middle of the request.
  const proxy = await cuttingProxy(
    () => wire.url,
    2_000,
    1,
    async () => {
      await wire.kill();
      killed.resolve();
    },
  );

  const args = [MAIN, "ingest", path, "--json", "--url", proxy.url, "--token", TOKEN];
  const cli = spawn(process.execPath, args, { cwd: ROOT, env: {} });
  let stdout = "";
  let stderr = "";
  cli.stderr.on("data", (text) => {
    stderr += text;
  });
  cli.stdout.on("data", (text) => {
    stdout += text;
  });
  const closed = once(cli, "close");
  await Promise.race([killed.promise, closed]);
  expect(stdout.split("\n").length).toBeLessThan(count);
  wire = await startChildWire(data, env);

  const [code] = await closed;
  proxy.close();
  await wire.stop();
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^Cannot reach .* Trying again/),
  });
  const results = linesOf(stdout);
  const summary = results.pop()?.summary as Record<string, number>;
  expect(summary).toMatchObject({ records: count, complete: true });
  expect((summary.created ?? 0) + (summary.unchanged ?? 0)).toBe(count);
  expect(new Set(results.map(({ line }) => line)).size).toBe(count);
});

/**
 * Stands before the wire at `url()`, and cuts the line after so many bytes of an answer, so many times. What comes after
 * those bytes waits for `beforeCut`, and is lost.
 */
async function cuttingProxy(
  url: () => string,
  bytes: number,
  times: number,
  beforeCut: () => Promise<void> = async () => {},
) {
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(url()).port), "127.0.0.1");
    let seen = 0;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {}).on("close", () => open.delete(socket));
    }
    client.pipe(upstream);
    client.on("close", () => upstream.destroy());
    upstream.on("data", (chunk) => {
      seen += chunk.byteLength;
      if (cuts < times && seen > bytes) {
        cuts++;
        client.write(chunk.subarray(0, chunk.byteLength - (seen - bytes)));
        upstream.pause();
        beforeCut().finally(() => client.destroy());
      } else client.write(chunk);
    });
    upstream.on("close", () => client.end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    cuts: () => cuts,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

test("when answers were lost, their records are sent again, and no record is reported twice", async () => {
  const data = join(folder, "cut");
  const wire = await startWire({ port: 0, host: "127.0.0.1", data, token: TOKEN }, () => {});
  const proxy = await cuttingProxy(() => wire.url, 600, 2);
  // The second version overtakes the first one before its answer arrives.
  const lines = [1, 2].flatMap((revision) =>
    Array.from({ length: 10 }, (_, i) =>
      JSON.stringify(story(`cut${i}`, { revision, headline: `Version ${revision}` })),
    ),
  );
  const args = ["ingest", "-", "--json", "--url", proxy.url, "--token", TOKEN];
  const { code, stdout } = await flashwire(args, {}, lines.join("\n"));
  proxy.close();
  await wire.close();
  expect(proxy.cuts()).toBe(2);
  const results = linesOf(stdout);
  expect(results.pop()).toMatchObject({ summary: { records: 20, complete: true } });
  expect(results.map(({ line }) => line).sort((a, b) => Number(a) - Number(b))).toEqual(
    lines.map((_, i) => i + 1),
  );
  expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  expect(code).toBe(0);
});
