import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeArticleId } from "../../src/core/article-id.ts";
import { MAX_ID_FORM } from "../../src/core/limits.ts";
import { MAX_JOURNAL_BYTES } from "../../src/local/limits.ts";
import { type ChildWire, send, startChildWire, TOKEN } from "../support/child-wire.ts";

let data: string;
let wire: ChildWire;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "flashwire-bulk-"));
});
afterEach(async () => {
  await wire.kill();
  rmSync(data, { recursive: true, force: true });
});

const start = () => startChildWire(data, { FLASHWIRE_PUBLIC_URL: "http://wire.test" });

function story(id: string, n: number, tags: string[] = []) {
  return {
    id,
    url: `https://news.example.org/${n}`,
    headline: `Story ${n}`,
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    tags,
  };
}

const LINES_AT_ONCE = 100;

async function* lines(records: Iterable<{ id: string }>): AsyncGenerator<Uint8Array> {
  let text = "";
  let count = 0;
  for (const record of records) {
    text += `${JSON.stringify(record)}\n`;
    if (++count % LINES_AT_ONCE !== 0) continue;
    yield Buffer.from(text);
    text = "";
    // A source that never waits would leave no time to read the answers.
    await turn();
  }
  yield Buffer.from(text);
}

/** Posts them in one request, taken from the source as they are sent; answers the ids that were accepted until it was done, or the wire died. */
async function post(records: Iterable<{ id: string }>, onAccepted: (ids: string[]) => void): Promise<void> {
  const response = await fetch(`${wire.url}/articles`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/x-ndjson" },
    body: ReadableStream.from(lines(records)),
    duplex: "half",
  });
  let rest = "";
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const whole = (rest + chunk).split("\n");
    rest = whole.pop() as string;
    const answers = whole.map((line) => JSON.parse(line) as { id: string; status: number });
    onAccepted(answers.filter(({ status }) => status === 201).map(({ id }) => id));
  }
}

function journal() {
  const folder = join(data, "journal");
  const [name] = readdirSync(folder).filter((file) => file.endsWith(".log"));
  const path = join(folder, name as string);
  return { size: statSync(path).size, text: () => readFileSync(path, "utf8") };
}

test("invariant 5: when the wire is killed in the load after a long one, it loses nothing that it accepted", async () => {
  wire = await start();
  const written = new Set<string | null>();
  const watcher = watch(join(data, "journal"), (_, name) => written.add(name));
  // The longest keys there are: so many lines fill the journal twice.
  const longId = (n: number) => String(n).padStart(MAX_ID_FORM - 1, "0");
  expect(encodeArticleId(longId(0))).toHaveLength(MAX_ID_FORM);
  const many = Math.ceil((2 * MAX_JOURNAL_BYTES) / `articles/${encodeArticleId(longId(0))}.json\n`.length);
  let count = 0;
  await post(
    Array.from({ length: many }, (_, n) => story(longId(n), n)),
    (ids) => {
      count += ids.length;
    },
  );
  expect(count).toBe(many);
  await expect.poll(() => journal().size).toBe(0);
  watcher.close();
  // It was rewritten on the way.
  expect([...written].filter((name) => name?.endsWith(".new"))).toHaveLength(1);

  const accepted: string[] = [];
  let sent = 0;
  // Without an end of its own: however late the kill comes, it comes in the middle.
  let isOver = false;
  function* next() {
    for (let n = 0; !isOver; n++) {
      sent = n + 1;
      yield story(`next-${n}`, many + n, [`only ${n % 50}`]);
    }
  }
  await post(next(), (ids) => {
    accepted.push(...ids);
    if (accepted.length >= 300) wire.child.kill("SIGKILL");
  }).catch(() => undefined);
  // fetch goes on reading a source whose connection is gone.
  isOver = true;
  await wire.kill();
  expect(accepted.length).toBeGreaterThanOrEqual(300);
  expect(accepted.length).toBeLessThan(sent);
  const left = journal().text().split("\n");
  expect(left.length).toBeGreaterThan(1);
  expect(left.filter((key) => !/^(articles\/next-\d+\.json)?$/.test(key))).toEqual([]);

  wire = await start();
  expect(await send(wire.url, story("breaking", 1_000_000), "?wait=published")).toBe(201);
  await expect.poll(() => missing(accepted), { interval: 200 }).toEqual([]);
});

/** Those that are not in the feed of their tag. */
async function missing(ids: string[]): Promise<string[]> {
  const texts = new Map<number, string>();
  for (let tag = 0; tag < 50; tag++) {
    texts.set(tag, await (await fetch(`${wire.url}/feeds/tag/only-${tag}/feed.json`)).text());
  }
  return ids.filter((id) => !texts.get(Number(id.slice(5)) % 50)?.includes(`article/${id}"`));
}
