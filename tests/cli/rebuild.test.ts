import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { flashwire } from "./support.ts";

const data = mkdtempSync(join(tmpdir(), "flashwire-rebuild-"));
afterAll(() => rmSync(data, { recursive: true }));

test("when a record cannot be read, a rebuild names it, and says in which order to mend it", async () => {
  mkdirSync(join(data, "newsroom/articles"), { recursive: true });
  writeFileSync(join(data, "newsroom/articles/torn.json"), "{");
  const { code, stderr } = await flashwire(["rebuild"], { FLASHWIRE_DATA: data });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringContaining(
      "articles/torn.json cannot be read and counts as none: send that article again, then rebuild.",
    ),
  });
});

test("when a new epoch of the log is asked for, rebuild says what comes and how to watch it, and status knows of it", async () => {
  const env = { FLASHWIRE_DATA: data };
  const asked = await flashwire(["rebuild", "--log"], env);
  expect(asked).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("Watch it with `flashwire status`"),
  });
  const { stdout } = await flashwire(["status", "--json"], env);
  expect(JSON.parse(stdout).upkeep.log).toMatchObject({ isAsked: true, seq: 0, snapshot: null });
});

test("when --log comes with names of feeds, rebuild refuses it", async () => {
  const { code, stderr } = await flashwire(["rebuild", "--log", "breaking"], { FLASHWIRE_DATA: data });
  expect({ code, stderr }).toEqual({
    code: expect.any(Number),
    stderr: expect.stringContaining("takes no feed"),
  });
  expect(code).not.toBe(0);
});
