import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/**
 * Writes a site file with this content; answers its path. To be called at the top of a test file or of a `describe`,
 * whose tests have the file: after them it is removed.
 */
export function siteFileWith(config: object): string {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-site-file-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "site.mjs");
  writeFileSync(path, `export default ${JSON.stringify(config)};\n`);
  return path;
}
