import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { afterAll, describe, expect, test } from "vitest";
import { options } from "../../scripts/bundle.ts";
import { flashwire, ROOT, story } from "../cli/support.ts";
import { startChildWire } from "../support/child-wire.ts";
import { NEWSROOM } from "../support/site.ts";
import { siteFileWith } from "../support/site-file.ts";

/** Where a site file may be, and what of it each process of the wire sees. */
const folder = mkdtempSync(join(tmpdir(), "flashwire-places-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OURS = siteFileWith({ ...NEWSROOM, title: "The Harbour Gazette", authority: "harbour.example.org" });
const OTHER = siteFileWith({ ...NEWSROOM, authority: "other.example.org" });
const WRONG = siteFileWith({ ...NEWSROOM, size: 0 });
const STAGES = siteFileWith({
  ...NEWSROOM,
  authority: "stages.example.org",
  aws: { alarmEmail: "night-desk@example.org", stages: { prod: { logDays: 365 } } },
});
const NOWHERE = join(folder, "nowhere.ts");

/** A newsroom's own folder with a site file in TypeScript, which imports from the package. */
function newsroomFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "package.json"), '{ "type": "module", "private": true }');
  const site = JSON.stringify({
    ...NEWSROOM,
    title: "The Harbour Gazette",
    authority: "harbour.example.org",
  });
  const source = `import { defineSite, type SiteConfig } from "flashwire";\nconst site: SiteConfig = ${site};\nexport default defineSite(site);\n`;
  writeFileSync(join(path, "site.ts"), source);
  return path;
}

/** The same with the wire as a dependency, as `npm install ../flashwire` makes it. */
function dependentFolder(name: string): string {
  const path = newsroomFolder(name);
  mkdirSync(join(path, "node_modules"));
  symlinkSync(ROOT, join(path, "node_modules/flashwire"));
  return path;
}

const DEPENDENT = join(dependentFolder("dependent"), "site.ts");
const ALONE = join(newsroomFolder("alone"), "site.ts");

/** `flashwire validate` of a record whose guid belongs to another article where harbour.example.org is the authority. */
const validate = (args: string[], env: Record<string, string> = {}) => {
  const record = story("one", { guid: "tag:harbour.example.org,2026:article/two" });
  return flashwire(["validate", "-", ...args], env, JSON.stringify(record));
};

describe("when the command line is told of a site file", () => {
  test.each([
    ["FLASHWIRE_CONFIG", [], { FLASHWIRE_CONFIG: OURS }],
    ["FLASHWIRE_CONFIG, relative to the working directory", [], { FLASHWIRE_CONFIG: relative(ROOT, OURS) }],
    ["--config", ["--config", OURS], {}],
    ["--config beside another FLASHWIRE_CONFIG", ["--config", OURS], { FLASHWIRE_CONFIG: OTHER }],
    ["--config with a file that imports the package", ["--config", DEPENDENT], {}],
  ])("by %s, validate checks by that file", async (_, args, env) => {
    expect(await validate(args, env)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("article two"),
    });
  });

  test("that is another one, validate finds nothing wrong", async () => {
    expect(await validate(["--config", OTHER])).toMatchObject({ code: 0, stderr: "" });
    expect(await validate([])).toMatchObject({ code: 0, stderr: "" });
  });

  test.each([
    [["rebuild"]],
    [["rebuild", "--stack", "flashwire-dev"]],
    [["status"]],
    [["token", "list"]],
    [["replay", "publish"]],
  ])("that is not there, %j names its path before it does anything", async (args) => {
    const env = { FLASHWIRE_DATA: join(folder, "data") };
    const refusal = { code: 2, stderr: expect.stringContaining(`The site file ${NOWHERE} cannot be loaded`) };
    expect(await flashwire([...args, "--config", NOWHERE], env)).toMatchObject(refusal);
    expect(await flashwire(args, { ...env, FLASHWIRE_CONFIG: NOWHERE })).toMatchObject(refusal);
  });

  test("that has a wrong field, the error has the path and the field", async () => {
    const { code, stderr } = await validate(["--config", WRONG]);
    expect(code).toBe(2);
    expect(stderr).toContain(`The site file ${WRONG} is not valid.\n  size: must be at least 1`);
  });

  test("that imports the package from where it is not installed, the error has the path and what to do", async () => {
    const { code, stderr } = await validate(["--config", ALONE]);
    expect(code).toBe(2);
    expect(stderr).toContain(`The site file ${ALONE} cannot be loaded`);
    expect(stderr).toContain(`npm install ${ROOT}`);
  });
});

test("when FLASHWIRE_CONFIG names a site file, `npm start` runs that wire", async () => {
  const wire = await startChildWire(join(folder, "served"), { FLASHWIRE_CONFIG: DEPENDENT });
  try {
    expect(wire.stdout()).toContain("The Harbour Gazette");
    // The feeds of the site file appear in the background of the start.
    const all = async () => (await fetch(`${wire.url}/feeds/all/feed.json`)).text();
    await expect.poll(all).toContain("The Harbour Gazette");
  } finally {
    await wire.kill();
  }
});

test("when FLASHWIRE_CONFIG names a wrong site file, `npm start` ends with its path", async () => {
  const start = startChildWire(join(folder, "wrong"), { FLASHWIRE_CONFIG: WRONG });
  await expect(start).rejects.toThrow(`The site file ${WRONG} is not valid.\n  size: must be at least 1`);
});

describe("when a bundle is made with a site file outside of the checkout", () => {
  test.each([
    ["plain data", OURS],
    ["a file that imports the package", DEPENDENT],
  ])("that is %s, it holds that file, and not the one of the checkout", async (_, path) => {
    const settings = {
      ...options("publish", "/nowhere", path),
      sourcemap: false,
      write: false,
      metafile: true,
    };
    const { outputFiles, metafile } = await build(
      settings as typeof settings & { write: false; metafile: true },
    );
    expect(outputFiles[0]?.text).toContain("harbour.example.org");
    const inputs = Object.keys(metafile.inputs);
    expect(inputs).not.toContain("flashwire.config.ts");
    // The bundle holds no code that checks a site file: neither that of this checkout nor that of the package that the file imports.
    expect(inputs.filter((input) => input.endsWith("core/site.ts"))).toEqual([]);
  });

  test("that has settings of stages, the bundle holds none of them", async () => {
    const settings = {
      ...options("publish", "/nowhere", STAGES),
      sourcemap: false as const,
      write: false as const,
    };
    const { outputFiles } = await build(settings);
    expect(outputFiles[0]?.text).toContain("stages.example.org");
    expect(outputFiles[0]?.text).not.toContain("night-desk@");
  });
});
