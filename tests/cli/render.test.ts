import { expect, test } from "vitest";
import { flashwire, linesOf, story } from "./support.ts";

const input = `${JSON.stringify(story("a", { section: "World" }))}\n`;

test("when validate renders, it prints the feeds of a record and its entry in each format, and needs no wire", async () => {
  const { code, stdout } = await flashwire(["validate", "--render", "-"], {}, input);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a in all, .*section\/world/m);
  expect(stdout).toMatch(/^rss:\n<item>/m);
  expect(stdout).toMatch(/^atom:\n<entry/m);
  expect(stdout).toMatch(/^json:\n\{/m);
});

test("when validate renders as JSON, each result has the preview that the wire answers", async () => {
  const { stdout } = await flashwire(["validate", "--render", "--json", "-"], {}, input);
  const [first] = linesOf(stdout);
  expect(first).toMatchObject({ result: "valid", preview: { stays: [], leaves: [] } });
  expect(Object.keys((first as { preview: { entries: object } }).preview.entries)).toEqual([
    "rss",
    "atom",
    "json",
    "page",
  ]);
});
