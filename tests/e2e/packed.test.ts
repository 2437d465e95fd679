import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { MAX_UNPACKED_BODY_BYTES } from "../../src/http/limits.ts";
import { readRecord } from "../../src/repository/records.ts";
import { flashwire, linesOf, story } from "../cli/support.ts";
import { servedWire } from "../support/served-wire.ts";

/** The wire as `npm start` serves it, and senders that know nothing of it: curl, and the command line as a process. */
const served = servedWire();
const { folder, data, file } = served;

const ask = promisify(execFile);
const run = (args: string[], input?: string | Buffer) => flashwire(args, { FLASHWIRE_DATA: data }, input);
const isStored = async (id: string) => (await readRecord(served.wire.services, id)) !== undefined;

/** Sends a file with curl. Answers the status, the headers and the body. */
async function curl(method: string, path: string, bytes: string | Buffer, headers: Record<string, string>) {
  const sent = file(`body-${Math.random()}`, bytes);
  const all = { Authorization: `Bearer ${served.token}`, "Content-Type": "application/json", ...headers };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = [
    "-sS",
    "-i",
    "-X",
    method,
    "--data-binary",
    `@${sent}`,
    ...flags,
    `${served.wire.url}${path}`,
  ];
  const { stdout } = await ask("curl", args);
  const [head = "", body = ""] = stdout.slice(stdout.lastIndexOf("HTTP/1.1 ")).split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), head: head.toLowerCase(), body };
}

const lines = (...ids: string[]) => ids.map((id) => `${JSON.stringify(story(id))}\n`).join("");

test.each([
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["br", brotliCompressSync],
])("when curl sends bodies in %s, PUT and POST take them", async (coding, pack) => {
  const packed = { "Content-Encoding": coding };
  const put = await curl(
    "PUT",
    `/articles/put-${coding}`,
    pack(JSON.stringify(story(`put-${coding}`))),
    packed,
  );
  expect(put.status).toBe(201);
  const one = await curl("POST", "/articles", pack(JSON.stringify(story(`one-${coding}`), null, 2)), packed);
  expect([one.status, JSON.parse(one.body)]).toMatchObject([200, [{ line: 1, status: 201 }]]);
  const ids = [`a-${coding}`, `b-${coding}`];
  const type = { "Content-Type": "application/x-jsonlines", ...packed };
  const many = await curl("POST", "/articles", pack(lines(...ids)), type);
  expect(linesOf(many.body)).toMatchObject(ids.map((id) => ({ id, status: 201 })));
});

test("when a packed body is cut off, is something else, or is packed in another way, the problem says so", async () => {
  const packed = gzipSync(JSON.stringify(story("never")));
  const gzip = { "Content-Encoding": "gzip" };
  for (const [method, path] of [
    ["PUT", "/articles/never"],
    ["POST", "/articles"],
  ] as const) {
    const cut = await curl(method, path, packed.subarray(0, -10), gzip);
    expect([cut.status, JSON.parse(cut.body).detail]).toEqual([400, expect.stringContaining("cut off")]);
    const wrong = await curl(method, path, JSON.stringify(story("never")), gzip);
    expect([wrong.status, JSON.parse(wrong.body).detail]).toEqual([
      400,
      expect.stringContaining("not whole gzip"),
    ]);
    const unsaid = await curl(method, path, packed, {});
    expect([unsaid.status, JSON.parse(unsaid.body).detail]).toEqual([
      400,
      expect.stringContaining("Content-Encoding"),
    ]);
    const zstd = await curl(method, path, packed, { "Content-Encoding": "zstd" });
    expect([zstd.status, zstd.head]).toEqual([415, expect.stringContaining("accept-encoding: gzip, br")]);
  }
  expect(await isStored("never")).toBe(false);
});

test("when a small body holds very much, it is refused, and the wire goes on", async () => {
  const blanks = gzipSync(Buffer.alloc(16 * 1_048_576, " "));
  const bomb = Buffer.concat(Array(Math.ceil(MAX_UNPACKED_BODY_BYTES / (16 * 1_048_576)) + 1).fill(blanks));
  const gzip = { "Content-Encoding": "gzip" };
  const before = process.memoryUsage().rss;
  expect((await curl("PUT", "/articles/bomb", blanks, gzip)).status).toBe(413);
  const posted = await curl("POST", "/articles", bomb, { ...gzip, "Content-Type": "application/jsonl" });
  expect([posted.status, JSON.parse(posted.body).detail]).toEqual([413, expect.stringContaining("Unpacked")]);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1_048_576);
  expect((await curl("PUT", "/articles/after", JSON.stringify(story("after")), {})).status).toBe(201);
});

test("when the command line is given packed files, a folder of them or a packed pipe, it sends what they hold", async () => {
  file("all/ONE.JSON", JSON.stringify(story("cli-one"), null, 2));
  file("all/list.json.gz", gzipSync(JSON.stringify([story("cli-a"), story("cli-b")])));
  file("all/lines.NDJSON.GZ", gzipSync(lines("cli-c", "cli-d")));
  file("all/notes.csv", "a,b");
  const { code, stdout, stderr } = await run(["ingest", "--json", join(folder, "all")]);
  expect(code).toBe(0);
  expect(stderr).toContain("not taken are notes.csv. The names of files that are taken end in .json");
  expect(linesOf(stdout).at(-1)).toMatchObject({ summary: { records: 5, created: 5 } });
  const piped = await run(["ingest", "-"], gzipSync(lines("cli-e")));
  expect(piped).toMatchObject({ code: 0, stderr: "" });
  for (const id of ["one", "a", "b", "c", "d", "e"]) expect(await isStored(`cli-${id}`)).toBe(true);
});

test.each(["ingest", "validate"])(
  "when a file cannot be taken, %s says why and exits with an error",
  async (command) => {
    const cut = file("cut.json.gz", gzipSync(JSON.stringify(story("cut"))).subarray(0, -6));
    const wide = file("wide.json", Buffer.from(JSON.stringify(story("wide")), "utf16le"));
    for (const [path, why] of [
      [cut, "cut off"],
      [wide, "Save it as UTF-8"],
    ] as const) {
      const { code, stderr } = await run([command, path]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
      expect(stderr).toContain(path);
    }
    file("other/a.csv", "a,b");
    const other = await run([command, join(folder, "other")]);
    expect([other.code, other.stderr]).toEqual([
      2,
      expect.stringContaining("no files whose names end in .json"),
    ]);
    const none = await run([command, file("none.json", "[]")]);
    expect([none.code, none.stderr]).toEqual([0, expect.stringContaining("There is no record in this file")]);
  },
);
