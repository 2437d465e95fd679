import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, expect, test } from "vitest";
import { options } from "../../scripts/bundle.ts";
import { loadSiteFile, resolveSite } from "../../src/config/site-file.ts";
import { NEWSROOM } from "../support/site.ts";

const folder = mkdtempSync(join(tmpdir(), "flashwire-theme-"));
afterAll(() => rmSync(folder, { recursive: true }));

function siteFile(look: object): string {
  const path = join(folder, `site-${JSON.stringify(look).length}.mjs`);
  writeFileSync(path, `export default ${JSON.stringify({ ...NEWSROOM, look })};\n`);
  return path;
}

const CSS = "h1 { color: rebeccapurple }";
writeFileSync(join(folder, "theme.css"), CSS);
const ORIGIN = "https://wire.example.org";

test("when the site file names a theme, it is read from beside the site file", async () => {
  const { look } = (await loadSiteFile(siteFile({ theme: "theme.css" }))).at(ORIGIN);
  expect(look?.theme).toEqual({ css: CSS });
  const own = await loadSiteFile(siteFile({ theme: { file: "theme.css", replaces: true } }));
  expect(own.at(ORIGIN).look?.theme).toEqual({ css: CSS, replaces: true });
});

test("when an editor has put a byte order mark before the theme, its first rule is a rule still", async () => {
  writeFileSync(join(folder, "marked.css"), `\ufeff${CSS}`);
  const { look } = (await loadSiteFile(siteFile({ theme: "marked.css" }))).at(ORIGIN);
  expect(look?.theme).toEqual({ css: CSS });
});

test("when the site has a theme, a bundle for Lambda holds the text of the theme", async () => {
  const path = siteFile({ theme: "theme.css", accent: "#123456" });
  const { outputFiles } = await build({
    ...options("publish", "/nowhere", path),
    sourcemap: false,
    write: false,
  });
  expect(outputFiles[0]?.text).toContain("rebeccapurple");
});

test.each([
  [{ theme: "none.css" }, /look\.theme: ENOENT/],
  [{ accent: "red" }, /look\.accent: must be a colour such as #b80000/],
  [{ logo: "http://news.example.org/logo.png" }, /look\.logo: must be an https URL/],
  [{ theme: { css: "x".repeat(100_001) } }, /look\.theme/],
])("when the look is wrong, as %j, it stops the start and says what is wrong", async (look, message) => {
  await expect(loadSiteFile(siteFile(look)).then((file) => file.at(ORIGIN))).rejects.toThrow(message);
});

test("when no file holds the site, it cannot name a theme", () => {
  expect(() => resolveSite({ ...NEWSROOM, look: { theme: "theme.css" } }, ORIGIN)).toThrow(/was not read/);
});
