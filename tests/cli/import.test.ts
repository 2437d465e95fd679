import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakePost, type FakeWordPress, startFakeWordPress } from "../support/fake-wordpress.ts";
import { servedWire } from "../support/served-wire.ts";
import { flashwire } from "./support.ts";

const served = servedWire();
let site: FakeWordPress;

const run = (...args: string[]) => flashwire(args, { FLASHWIRE_DATA: served.data });

beforeAll(async () => {
  site = await startFakeWordPress(
    [1, 2, 3].map((id) => ({
      id,
      title: `Story ${id}`,
      content: `<p>Words of ${id}.</p>`,
      date: `2026-03-0${id}T10:00:00Z`,
      modified: `2026-03-0${id}T10:00:00Z`,
      ...(id === 3 ? { password: "secret" } : {}),
    })),
  );
});
afterAll(() => site.close());

test("when a site is imported for the first time, a dry run stores nothing, then its posts come, then nothing is new", async () => {
  const args = ["import", "wordpress", site.url, "--private"];
  const dry = await run(...args, "--dry-run");
  expect(dry.stdout).toMatch(/3 records in .*: (?=.*2 created)(?=.*1 skipped)/);
  const shown = async () => (await fetch(`${served.wire.url}/feeds/all/feed.json`)).json();
  expect(await shown()).toMatchObject({ items: [] });
  const first = await run(...args);
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/: (?=.*2 created)(?=.*1 skipped)/) });
  expect(first.stderr).toContain("The post needs a password at its source.");
  await served.wire.idle();
  expect(await shown()).toMatchObject({ items: [{ title: "Story 2" }, { title: "Story 1" }] });
  expect((await run(...args)).stdout).toMatch(/: (?=.*2 unchanged)(?=.*1 skipped)/);
});

test("when a site stands in the own network and nobody said that it may, it is not asked", async () => {
  const { code, stderr } = await run("import", "wordpress", site.url);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringMatching(/loopback address.*--private/s),
  });
});

test("when an article was killed at the wire, importing it again leaves it killed, until its source has a later version", async () => {
  const args = ["import", "wordpress", site.url, "--private"];
  await run("withdraw", "wp-1");
  expect((await run(...args)).code).toBe(0);
  const headers = { authorization: `Bearer ${served.token}` };
  const stored = async () => (await fetch(`${served.wire.url}/articles/wp-1`, { headers })).json();
  expect(await stored()).toMatchObject({ status: 410 });
  site.posts.set(1, {
    ...(site.posts.get(1) as FakePost),
    title: "Later",
    modified: new Date(Date.now() + 5_000).toISOString(),
  });
  expect((await run(...args)).stdout).toContain("updated");
  expect(await stored()).toMatchObject({ headline: "Later" });
});

test("when an entry has no date, it keeps that of its first import", async () => {
  const rss =
    "<rss><channel><title>x</title><link>https://b.example.org/</link><item><guid>https://b.example.org/1</guid><title>Undated</title></item></channel></rss>";
  const path = served.file("undated.xml", rss);
  expect((await run("import", "feed", path)).stdout).toMatch(/1 created/);
  expect((await run("import", "feed", path)).stdout).toMatch(/1 unchanged/);
  await run("withdraw", "https://b.example.org/1");
  const killed = await run("import", "feed", path);
  expect(killed.stdout).toMatch(/1 skipped/);
  expect(killed.stderr).toContain("The article was killed at the wire, and its source has no date");
});
