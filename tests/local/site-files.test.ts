import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import config from "../../flashwire.config.ts";
import type { SiteConfig } from "../../src/core/site.ts";
import { flashwire, story } from "../cli/support.ts";
import { type ChildWire, send, startChildWire } from "../support/child-wire.ts";
import { siteFileWith } from "../support/site-file.ts";

/** The site file that documents are made by belongs to the data folder, whichever process makes them. */
let data: string;
let wires: ChildWire[];
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "flashwire-site-files-"));
  wires = [];
});
afterEach(async () => {
  await Promise.all(wires.map((wire) => wire.kill()));
  rmSync(data, { recursive: true, force: true });
});

const PUBLIC = { FLASHWIRE_PUBLIC_URL: "http://wire.test" };
/** The environment of a process whose site file differs from that of the checkout in these fields. */
const edited = (fields: Partial<SiteConfig>) => ({
  FLASHWIRE_CONFIG: siteFileWith({ ...config, ...fields }),
});

/** The feed of breaking news takes the highest level only. */
const NARROW = edited({
  feeds: (config.feeds ?? []).map((feed) =>
    feed.name === "breaking" ? { ...feed, where: { breaking: ["flash"] } } : feed,
  ),
});

async function start(env: Record<string, string> = {}): Promise<ChildWire> {
  const wire = await startChildWire(data, { ...PUBLIC, ...env });
  wires.push(wire);
  return wire;
}

const rebuild = (env: Record<string, string>, ...feeds: string[]) =>
  flashwire(["rebuild", ...feeds], { FLASHWIRE_DATA: data, ...env });

const urgent = (id: string) => story(id, { breaking: { level: "urgent" } });

function breaking(): string[] {
  const text = readFileSync(join(data, "site/feeds/breaking/feed.json"), "utf8");
  return JSON.parse(text).items.map(({ title }: { title: string }) => title);
}

describe("when the site file is edited beside a running wire", () => {
  test("a second server is refused, and the feeds stay as they are", async () => {
    const first = await start();
    expect(await send(first.url, urgent("one"), "?wait=published")).toBe(201);
    await expect(start(NARROW)).rejects.toThrow(/another site file runs on .*: restart it first/);
    expect(await send(first.url, urgent("two"), "?wait=published")).toBe(201);
    await expect.poll(breaking).toEqual(["Story one", "Story two"]);
    await start();
  });

  test("a rebuild is refused, of all feeds and of one", async () => {
    const first = await start();
    await send(first.url, urgent("one"), "?wait=published");
    for (const feeds of [[], ["breaking"]]) {
      const run = await rebuild(NARROW, ...feeds);
      expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/another site file/) });
    }
    await expect.poll(breaking).toEqual(["Story one"]);
    expect(await rebuild({})).toMatchObject({ code: 0 });
  });
});

test.each([[[]], [["breaking"]]])(
  "when a site file is changed back after a rebuild of %j, no story is lost",
  async (feeds) => {
    const first = await start();
    await send(first.url, urgent("one"), "?wait=published");
    expect(await first.stop()).toBe(0);
    expect(await rebuild(NARROW, ...feeds)).toMatchObject({ code: 0 });
    await expect.poll(breaking).toEqual([]);
    await start();
    await expect.poll(breaking).toEqual(["Story one"]);
  },
);

test.each([
  ["authority", edited({ authority: "old.example.org" }), "news.example.org"],
  ["year", edited({ year: 2019 }), "2026"],
])(
  "when the site file changes the %s, which is part of identifiers, the start is refused with the value it was",
  async (field, env, was) => {
    const first = await start();
    expect(await first.stop()).toBe(0);
    const wrong = new RegExp(
      `${env.FLASHWIRE_CONFIG}[^]*${field}.*${was}[^]*never changes?[^]*FLASHWIRE_DATA`,
    );
    await expect(start(env)).rejects.toThrow(wrong);
    expect((await rebuild(env)).stderr).toMatch(wrong);
    await start();
  },
);
