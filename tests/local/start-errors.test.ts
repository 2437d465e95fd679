import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startWire } from "../../src/local/wire.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-start-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (data: string, more: { port?: number; host?: string } = {}) =>
  startWire({ port: 0, host: "127.0.0.1", data, ...more }, () => {});

test("when the data folder is a file, or cannot be made or written, the error names it and its variable", async () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  // A directory where SQLite needs a file: what it says names neither.
  mkdirSync(join(folder, "odd/newsroom/.lock"), { recursive: true });
  for (const data of [file, join(file, "below"), join(folder, "odd")]) {
    await expect(start(data)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(new RegExp(`^FLASHWIRE_DATA: ${data} .*folder`, "s")),
    });
  }
});

test("when the port is taken or the host is not of this machine, the error names it and its variable", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  const data = join(folder, "data");
  await expect(start(data, { port })).rejects.toThrow(new RegExp(`${port} \\(EADDRINUSE\\).*PORT`));
  await expect(start(data, { host: "192.0.2.1" })).rejects.toThrow(/192\.0\.2\.1.*HOST/);
  other.close();
});

test("when the token file holds no valid token, the error names the file; when it is empty, a token is written into it", async () => {
  writeFileSync(join(folder, "token"), "two words\n");
  await expect(start(folder)).rejects.toThrow(`${join(folder, "token")} `);
  writeFileSync(join(folder, "token"), "");
  const wire = await start(folder);
  expect(wire.token).toMatch(/^[\w-]{32}$/);
  expect(readFileSync(join(folder, "token"), "utf8")).toBe(`${wire.token}\n`);
  expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
  await wire.close();
});

test("when a folder stands where the wire writes a file of the data folder, the error names it and what to do", async () => {
  mkdirSync(join(folder, "server.json"));
  await expect(start(folder)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(
      /server\.json cannot be written: a folder stands in its place .* Remove it/,
    ),
  });
  expect(readdirSync(folder).filter((name) => /^server\.json\./.test(name))).toEqual([]);
});
