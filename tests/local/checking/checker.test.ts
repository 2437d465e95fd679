import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { benchArticle } from "../../../bench/articles.ts";
import { FlashwireError } from "../../../src/core/errors.ts";
import { type Checker, createChecker } from "../../../src/local/checking/checker.ts";
import { MIN_CHECKED_TOGETHER } from "../../../src/local/limits.ts";
import { readArticle } from "../../../src/validate/article.ts";

const THREAD = new URL("../../../src/local/checking/thread.mjs", import.meta.url);
const context = { now: Date.parse("2026-11-27T12:00:00Z"), language: "en" };

let checker: Checker;
let workers: Worker[] = [];
/** The messages that threads have got. */
let questions = 0;
afterEach(async () => {
  await checker.close();
  workers = [];
  questions = 0;
});

function opened(): Worker {
  const worker = new Worker(THREAD);
  const { postMessage } = worker;
  worker.postMessage = (message: unknown) => {
    questions++;
    postMessage.call(worker, message);
  };
  workers.push(worker);
  return worker;
}

/** With a thread that is ready. */
async function started(): Promise<Worker> {
  checker = createChecker(true, opened);
  await Promise.all(manyOf(0).map((input) => checker.read(input, context)));
  const [worker] = workers;
  if (worker === undefined) throw new Error("no thread was started");
  await once(worker, "message");
  return worker;
}

const manyOf = (from: number) =>
  Array.from({ length: 3 * MIN_CHECKED_TOGETHER }, (_, n) => benchArticle(from + n));

/** What reading leads to, as its parts. */
async function partsOf(read: () => unknown) {
  try {
    return { read: await read() };
  } catch (error) {
    if (!(error instanceof FlashwireError)) return { thrown: String(error) };
    return { code: error.code, message: error.message, errors: error.errors };
  }
}

/** Bodies to repair and clean, members to leave out, and what is refused. */
const ODD = [
  { body: '<p onclick="x()">A<script>alert(1)</script><a href="/a">b</a>' },
  { published: "Fri, 27 Nov 2026 10:00:00 +0100", nobodyKnows: 1 },
  { url: "nowhere", headline: "" },
  { status: "withdrawn", reason: "\ud800" },
  { headline: "\u0000 e\u0301", tags: [{ name: "A" }, 7] },
  JSON.parse('{"__proto__": {"id": "x"}, "body": null}'),
];

test("when a thread reads records, it answers what is answered without it: articles, warnings and refusals", async () => {
  await started();
  const inputs = [
    ...manyOf(100).map((article, n) => ({ ...article, ...ODD[n % (ODD.length + 3)] })),
    ...[null, 7, "text", [], {}],
  ];
  const strict = (n: number) => ({ ...context, strict: n % 5 === 0 });
  const expected = await Promise.all(inputs.map((input, n) => partsOf(() => readArticle(input, strict(n)))));
  const found = await Promise.all(inputs.map((input, n) => partsOf(() => checker.read(input, strict(n)))));
  expect(questions).toBe(1);
  expect(found).toStrictEqual(expected);
  expect(found.map((one) => JSON.stringify(one))).toEqual(expected.map((one) => JSON.stringify(one)));
  expect(found.filter((one) => "code" in one).length).toBeGreaterThan(5);
});

test("when the thread ends amid its work, the caller's thread reads the records, and the next load has a new thread", async () => {
  const worker = await started();
  const reading = Promise.all(manyOf(200).map((input) => checker.read(input, context)));
  await expect.poll(() => questions).toBe(1);
  await worker.terminate();
  expect((await reading).map(({ article }) => article.id)).toEqual(manyOf(200).map(({ id }) => id));
  await Promise.all(manyOf(300).map((input) => checker.read(input, context)));
  expect(workers).toHaveLength(2);
});

test("when few records come, or there is one processor, no thread is started", async () => {
  checker = createChecker(true, opened);
  for (const article of manyOf(400))
    expect((await checker.read(article, context)).article.id).toBe(article.id);
  const alone = createChecker(false, opened);
  await Promise.all(manyOf(400).map((input) => alone.read(input, context)));
  expect(workers).toEqual([]);
});
