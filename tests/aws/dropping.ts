import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { INBOX_RESERVE_MS } from "../../src/aws/limits.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import * as account from "./account.ts";
import { NEWSROOM, type Wire } from "./deployed.ts";
import type { MadeFile } from "./gate.ts";
import { article, document, textOf } from "./stories.ts";

/** Of one line in the large file; the largest record is a little larger. */
const LINE_BYTES = 1_000_000;
const LINES = 560;

export function dropChecks(wire: Wire): void {
  test("a file of the inbox is taken in, its result beside it", async () => {
    const [drop, publish] = [await wire.lambda("drop"), await wire.lambda("publish")];
    const lines = [article("dropped-1"), article("dropped-2"), { id: "dropped-3" }].map((record) =>
      JSON.stringify(record),
    );
    await wire.services.stores.newsroom.put("inbox/spring 2026+.ndjson", Buffer.from(lines.join("\n")));
    await wire.notify("inbox/spring 2026+.ndjson");
    expect(await account.pollOnce(wire.sqs, wire.outputs.DropQueueUrl as string, drop, 1)).toEqual({
      messages: 1,
      failed: 0,
    });
    const result = await wire.services.stores.newsroom.get("inbox/spring 2026+.ndjson.result");
    expect(JSON.parse(Buffer.from(result?.body ?? []).toString())).toMatchObject({
      accepted: 2,
      refused: 1,
      refusals: [{ line: 3, id: "dropped-3" }],
    });
    await wire.notify("articles/dropped-1.json");
    await wire.notify("articles/dropped-2.json");
    await wire.drain(publish);
    expect(await document(wire, "all")).toContain("Headline of dropped-2");
  });

  test("a packed file in capitals is taken in, and a file that is not taken gets a result that says why", async () => {
    const drop = await wire.lambda("drop");
    const { newsroom } = wire.services.stores;
    await newsroom.put("inbox/PACKED.JSON.GZ", gzipSync(JSON.stringify(article("dropped-4"))));
    await newsroom.put("inbox/notes.csv", Buffer.from("a,b"));
    for (const key of ["inbox/PACKED.JSON.GZ", "inbox/notes.csv", "inbox/notes.csv.result"]) {
      await wire.notify(key);
      const polled = await account.pollOnce(wire.sqs, wire.outputs.DropQueueUrl as string, drop, 1);
      expect(polled).toEqual({ messages: 1, failed: 0 });
    }
    const resultOf = async (key: string) => JSON.parse(textOf(await newsroom.get(`${key}.result`)));
    expect(await resultOf("inbox/PACKED.JSON.GZ")).toMatchObject({ accepted: 1, refused: 0 });
    expect(await resultOf("inbox/notes.csv")).toMatchObject({
      accepted: 0,
      refused: 1,
      refusals: [{ line: 0 }],
    });
    expect(await newsroom.get("inbox/notes.csv.result.result")).toBeUndefined();
    await wire.notify("articles/dropped-4.json");
    await wire.drain(await wire.lambda("publish"));
  });

  test("a file larger than the function's memory is taken in, over a deadline and a crash", async () => {
    // Apart from the wire's own records: nobody publishes these.
    const bucket = "large-newsroom";
    await account.makeBucket(bucket);
    const store = s3Store(connect(new account.S3Client({})), bucket);
    const key = "inbox/archive.ndjson";
    wire.gate.guard?.treatAs(bucket, NEWSROOM);
    wire.gate.serve(`/${bucket}/${key}`, archive());
    const env = { FLASHWIRE_NEWSROOM: bucket };
    const queue = wire.outputs.DropQueueUrl as string;
    const { MemorySize } = wire.template.Resources.DropLambdaFunction.Properties;
    expect(LINES * LINE_BYTES).toBeGreaterThan(MemorySize * 1_048_576);
    await wire.notify(key, bucket);

    const short = await wire.lambda("drop", { env, timeout: INBOX_RESERVE_MS / 1_000 + 4 });
    expect(await account.pollOnce(wire.sqs, queue, short, 1)).toEqual({ messages: 1, failed: 0 });
    const { done } = JSON.parse(textOf(await store.get(`${key}.progress`)));
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(LINES);

    await wire.notify(`${key}.progress`, bucket);
    const long = await wire.lambda("drop", { env });
    setTimeout(() => long.crash(), 2_000);
    expect(await account.pollOnce(wire.sqs, queue, long, 1)).toEqual({ messages: 1, failed: 1 });
    expect(await account.pollOnce(wire.sqs, queue, long, 1)).toEqual({ messages: 1, failed: 0 });
    console.log(
      `${LINES} MB through the function drop: ${long.peak().toFixed(0)} of ${MemorySize} MB at its peak`,
    );
    expect(long.peak()).toBeLessThan(MemorySize);
    const result = JSON.parse(textOf(await store.get(`${key}.result`)));
    expect(result).toMatchObject({ done: LINES, refused: 0 });
    expect(result.accepted + result.unchanged).toBe(LINES);
    expect(await store.get(`articles/archive-0${LINES - 1}.json`)).toBeDefined();
  });
}

/** NDJSON of so many records with long bodies, made line by line. Two-byte letters: in memory it is twice what it is as text. */
function archive(): MadeFile {
  const body = `<p>${"Слово о погоде и мире. ".repeat(40)}</p>`.repeat(560);
  const line = Buffer.alloc(LINE_BYTES, " ");
  line.write(JSON.stringify(article("archive-0000", { body })));
  line.write("\n", LINE_BYTES - 1);
  const places = ['id":"archive-', "org/archive-"].map((text) => line.indexOf(text) + text.length);
  const numbered = (n: number) => {
    const copy = Buffer.from(line);
    for (const place of places) copy.write(String(n).padStart(4, "0"), place);
    return copy;
  };
  return {
    size: LINES * LINE_BYTES,
    etag: '"0123456789abcdef0123456789abcdef"',
    read(from, to) {
      const first = Math.floor(from / LINE_BYTES);
      const count = Math.ceil(to / LINE_BYTES) - first;
      const lines = Buffer.concat(Array.from({ length: count }, (_, i) => numbered(first + i)));
      return lines.subarray(from - first * LINE_BYTES, to - first * LINE_BYTES);
    },
  };
}
