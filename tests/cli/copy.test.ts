import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ingest } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { fileStore } from "../../src/store/file/store.ts";
import { SITE } from "../simulation/site.ts";
import { incoming } from "../support/wire.ts";
import { flashwire } from "./support.ts";

/** A folder below the temporary files that goes with the test. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "flashwire-copy-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("when the records of a backup are copied into a data folder, its documents show them, and what is damaged is named", async () => {
  const [backup, data] = [folder(), join(folder(), "data")];
  const newsroom = fileStore(join(backup, "newsroom"));
  const services = createServices({ site: SITE, stores: { newsroom, published: newsroom }, log: () => {} });
  for (const n of [1, 2]) await ingest(services, incoming(n));
  await newsroom.put("articles/broken.json", Buffer.from("{ no record"));
  newsroom.close();
  const { code, stdout, stderr } = await flashwire(["copy", backup], { FLASHWIRE_DATA: data });
  expect(stdout).toBe(
    "guids: 0 copied, 0 there already\nrecords: 2 copied, 0 in place of an older version, 0 there already\n",
  );
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "1 not copied, because the record cannot be read: broken\n",
  });
  const site = fileStore(join(data, "site"));
  onTestFinished(() => site.close());
  const feed = Buffer.from((await site.get("feeds/all/feed.json"))?.body ?? []).toString();
  expect(feed).toContain("Story 2");
});

test("when there is no wire to copy from, or a data folder is to restore a version, the answer says what to do", async () => {
  const data = folder();
  writeFileSync(join(data, "no-wire"), "");
  const env = { FLASHWIRE_DATA: join(data, "data") };
  const [copied, restored] = await Promise.all([
    flashwire(["copy", data], env),
    flashwire(["restore", "story-1", "--version", "x"], env),
  ]);
  expect(copied).toMatchObject({ code: 1, stderr: expect.stringContaining("is no data folder of a wire") });
  expect(restored).toMatchObject({ code: 2, stderr: expect.stringContaining("npx flashwire copy BACKUP") });
});
