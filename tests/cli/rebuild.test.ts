import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { flashwire } from "./support.ts";

const data = mkdtempSync(join(tmpdir(), "flashwire-rebuild-"));
afterAll(() => rmSync(data, { recursive: true }));

test("rebuild names a record that cannot be read, and says in which order to mend it", async () => {
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
