import { expect, test } from "vitest";
import { FAULTS } from "../../src/fake/mix.ts";
import { fakeNewsroom } from "./support.ts";

const OPEN = "/changes/open.json";
const versions = (count: number) => Array.from({ length: count }, () => ({ put: { id: "a" } }));

/** A newsroom with one story in several versions, whose wire is right until the test says otherwise. */
async function begun(faults = "none") {
  const fake = await fakeNewsroom({ script: versions(4), faults });
  await fake.newsroom.next(4);
  return fake;
}

const seqsOf = async (response: Response) =>
  ((await response.json()) as { changes: { seq: number }[] }).changes.map(({ seq }) => seq);

test("when nothing is wrong, it answers as the wire does, 304 too", async () => {
  const { get, front } = await begun();
  const response = await get(OPEN);
  expect(await seqsOf(response)).toEqual([1, 2, 3, 4]);
  const again = await get(OPEN, { "If-None-Match": response.headers.get("etag") ?? "" });
  expect(again.status).toBe(304);
  expect(front.counts).toEqual({ requests: 2, conditional: 1, notModified: 1, tooSoon: 0 });
});

test("when it is busy, it answers 429 with Retry-After, and counts who comes back too soon", async () => {
  const { newsroom, get, front, clock } = await begun();
  await newsroom.perform([{ fault: "busy" }]);
  const response = await get(OPEN);
  expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
  clock.now += 999;
  expect((await get(OPEN)).status).toBe(200);
  clock.now += 1;
  await get(OPEN);
  expect(front.counts.tooSoon).toBe(1);
});

test("when it fails, it answers each status of a failing server in time", async () => {
  const { newsroom, get } = await begun();
  await newsroom.perform([{ fault: "error", count: 40 }]);
  const statuses = new Set<number>();
  for (let i = 0; i < 40; i++) statuses.add((await get(OPEN)).status);
  expect([...statuses].sort()).toEqual([500, 502, 503, 504]);
  expect((await get(OPEN)).status).toBe(200);
});

test("when it is slow, it answers right after a pause", async () => {
  const { newsroom, get, pauses } = await begun();
  await newsroom.perform([{ fault: "slow" }]);
  expect(await seqsOf(await get(OPEN))).toEqual([1, 2, 3, 4]);
  expect(pauses).toEqual([2_000]);
});

test("when it is late, it gives older copies with their own ETags", async () => {
  const { newsroom, get } = await begun();
  await newsroom.perform([{ fault: "late", count: 30 }]);
  const [lasts, etags] = [new Set<number>(), new Set<string | null>()];
  for (let i = 0; i < 30; i++) {
    const response = await get(OPEN);
    etags.add(response.headers.get("etag"));
    lasts.add((await seqsOf(response)).at(-1) ?? 0);
  }
  expect([...lasts].sort()).toEqual([1, 2, 3]);
  expect(etags.size).toBe(3);
});

test("when it tears a document, half of it comes, to who has the whole too", async () => {
  const { newsroom, get } = await begun();
  const whole = await get(OPEN);
  await newsroom.perform([{ fault: "torn" }]);
  const torn = await get(OPEN, { "If-None-Match": whole.headers.get("etag") ?? "" });
  const [all, half] = [await whole.text(), await torn.text()];
  expect(half).toBe(all.slice(0, all.length >> 1));
  expect(torn.headers.get("content-length")).toBe(String(half.length));
});

test("when a story is missing, the rest of the wire is not", async () => {
  const { get, faults } = await begun("missing=1");
  expect((await get("/stories/a.json")).status).toBe(404);
  expect((await get(OPEN)).status).toBe(200);
  expect(faults.state().given.missing).toBe(1);
});

test("when a fault is ordered for a path, requests of other paths do not meet it", async () => {
  const { newsroom, get } = await begun();
  await newsroom.perform([{ fault: "error", count: 2, path: "/stories/" }]);
  const statuses = [];
  for (const path of [OPEN, "/stories/a.json", OPEN, "/stories/a.json", "/stories/a.json"])
    statuses.push((await get(path)).status < 500);
  expect(statuses).toEqual([true, false, true, false, true]);
});

test("when the same client asks twice with one seed, it meets the same faults, and each of them", async () => {
  const met = async (seed: number) => {
    const fake = await fakeNewsroom({ seed, script: versions(3), faults: "many" });
    await fake.newsroom.next(3);
    const statuses = [];
    for (let i = 0; i < 150; i++)
      statuses.push((await fake.get(i % 2 === 0 ? OPEN : "/stories/a.json")).status);
    return { statuses, given: fake.faults.state().given };
  };
  const [one, two, other] = [await met(3), await met(3), await met(4)];
  expect(one).toEqual(two);
  expect(one.statuses).not.toEqual(other.statuses);
  for (const fault of FAULTS) expect(one.given[fault], fault).toBeGreaterThan(0);
});
