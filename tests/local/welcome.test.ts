import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FormatName } from "../../src/core/format-names.ts";
import { welcome } from "../../src/local/welcome.ts";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { ALL_FEED } from "../support/articles.ts";

const ROOT = join(import.meta.dirname, "../..");

let folder: string;
let data: string;
let wire: Wire;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashwire-welcome-"));
  data = join(folder, `Ann's "data" $HOME`);
  mkdirSync(data);
  // This script does what npx does in the end; npx itself takes most of a second each time.
  const npx = `#!/bin/sh\nshift\nexec node '${ROOT}/src/cli/main.mjs' "$@"\n`;
  writeFileSync(join(folder, "npx"), npx, { mode: 0o755 });
});
afterEach(async () => {
  await wire.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Types a command in another terminal, which knows nothing of the environment of the wire. */
async function type(command: string): Promise<string> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH: `${folder}:${PATH}`, HOME };
  const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd: ROOT, env });
  return stdout;
}

/** What a wire with these tokens prints at its start, and the commands in it. */
async function start(token: string | undefined): Promise<{ text: string; commands: string[] }> {
  const config = { port: 0, host: "127.0.0.1", data };
  wire = await startWire({ ...config, ...(token === undefined ? {} : { token }) }, () => {});
  const text = welcome(wire, config, ROOT);
  const commands = text
    .split("\n")
    .flatMap((line) => /^ {2}((?:\S+=.*)?(?:npx|curl) .+)$/.exec(line)?.[1] ?? []);
  return { text, commands };
}

const ODD = `o'd"d$HOME\`id\`\\!*`;

test.each([
  ["no FLASHWIRE_TOKEN is set", undefined, "token"],
  ["FLASHWIRE_TOKEN is one secret of odd characters", ODD, "own-token"],
  ["FLASHWIRE_TOKEN is several named ones", `cms=${ODD},desk=other=secret`, "own-token"],
])("when %s, the printed curl works in another terminal", async (_, token, file) => {
  const { text, commands } = await start(token);
  const [put = "", get = ""] = commands.filter((command) => command.startsWith("curl"));
  expect(JSON.parse(await type(put))).toMatchObject({ id: "hello-from-curl", result: "created" });
  expect(await type(get)).toContain("Hello from curl");
  for (const secret of [ODD, "other=secret"]) expect(text).not.toContain(secret);
  expect(statSync(join(data, file)).mode & 0o777).toBe(0o600);
});

test("when FLASHWIRE_TOKEN is set for the wire alone, the command line is let in from another terminal", async () => {
  const { commands } = await start(`cms=${ODD},desk=secret2`);
  const [ingest = "", show = ""] = commands.filter((command) => command.includes("npx flashwire"));
  expect(await type(ingest)).toContain("1 created");
  expect(await type(show)).toContain("harbour-bridge-reopens");
});

test("when FLASHWIRE_TOKEN is set, the token of earlier starts lets nobody in any more", async () => {
  await start(undefined);
  const old = wire.token;
  await wire.close();
  await start("secret");
  const ask = (token: string | undefined) =>
    fetch(`${wire.url}/articles/none`, { headers: { authorization: `Bearer ${token}` } });
  expect([(await ask(old)).status, (await ask("secret")).status]).toEqual([401, 404]);
});

test("when a feed has some of the documents alone, the wire prints no other one", async () => {
  await start("secret");
  const { url, services } = wire;
  const { origin } = services.site;
  const shown = (...formats: FormatName[]) => {
    const site = { ...services.site, feeds: [{ ...ALL_FEED, formats }] };
    return welcome({ url, token: undefined, tokenFile: undefined, services: { site } }, { data }, ROOT);
  };
  expect(shown("atom", "json", "page")).toContain(`${origin}/feeds/all/{atom.xml,feed.json}\n`);
  expect(shown("rss")).toContain(`${origin}/feeds/all/rss.xml\n`);
  const page = shown("page");
  expect(page).toContain(`all          ${origin}/feeds/all/\n`);
  expect(page).toContain(`curl '${url}/feeds/all/'`);
  expect(page).not.toContain("rss.xml");
});
