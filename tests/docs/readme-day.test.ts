import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startWire, type Wire } from "../../src/local/wire.ts";
import { MAIN } from "../cli/support.ts";
import { DOCUMENT_FILES, FORMAT_NAMES } from "../support/documents.ts";
import { SEEN, type SeenEntry } from "../support/seen-entries.ts";
import { ROOT, read } from "./support.ts";

/* The editor's day of the README: its commands as a newcomer pastes them, and what the README says that readers see. */

const [, block = ""] = /^## An editor's day\n[\s\S]*?```sh\n([\s\S]*?)```/m.exec(read("README.md")) ?? [];
const COMMANDS = [...block.matchAll(/^# (.*)\n(.*)$/gm)].map(([, says = "", command = ""]) => ({
  says,
  command,
}));

const data = mkdtempSync(join(tmpdir(), "flashwire-readme-"));
let wire: Wire;
/** After each command, by feed: the one story as each format shows it. */
const sights: Record<string, SeenEntry[]>[] = [];

beforeAll(async () => {
  vi.spyOn(Date, "now").mockReturnValue(Date.parse("2026-11-02T12:00:00Z"));
  wire = await startWire({ port: 0, host: "127.0.0.1", data }, () => {});
  for (const { command } of COMMANDS) {
    expect(await paste(command)).toBe(0);
    sights.push({ all: await look("all"), breaking: await look("breaking") });
  }
});
afterAll(async () => {
  await wire.close();
  vi.restoreAllMocks();
  rmSync(data, { recursive: true });
});

/** Runs a command as a shell does, with the command line of this checkout. Answers the exit code. */
async function paste(command: string): Promise<number> {
  const npx = 'npx() { shift; "$NODE" "$MAIN" "$@"; }';
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, FLASHWIRE_DATA: data, NODE: process.execPath, MAIN };
  const child = spawn("sh", ["-c", `${npx}\n${command}`], { cwd: ROOT, env, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

async function look(feed: string): Promise<SeenEntry[]> {
  const seen = FORMAT_NAMES.map(async (format) => {
    const response = await fetch(`${wire.url}/feeds/${feed}/${DOCUMENT_FILES[format]}`);
    return SEEN[format](new Uint8Array(await response.arrayBuffer())).entries;
  });
  return (await Promise.all(seen)).flat();
}

describe("when the editor's day in the README is played", () => {
  const sightAfter = (step: number) => sights[step] as Record<string, SeenEntry[]>;

  test("it has five commands, each with what readers see", () => {
    expect(COMMANDS).toHaveLength(5);
    for (const { says, command } of COMMANDS) {
      expect(says).toMatch(/^(The story|It) .*"/);
      expect(command).toContain("npx flashwire");
    }
  });

  test("after each command, every format of `all` shows the words that the README promises", () => {
    for (const [step, { says }] of COMMANDS.entries()) {
      const { all = [] } = sightAfter(step);
      expect(all).toHaveLength(FORMAT_NAMES.length);
      for (const [, words] of says.matchAll(/"([^"]+)"/g))
        for (const { headline, labels, content } of all)
          expect([headline, ...labels, content].join("\n")).toContain(words);
    }
  });

  test("`breaking` shows the same as `all`, except when the story is breaking news no more", () => {
    const isAbsent = COMMANDS.map(({ says }) => says.includes("`breaking` does not list it"));
    expect(isAbsent).toEqual([false, false, false, true, false]);
    for (const step of COMMANDS.keys()) {
      const { all, breaking } = sightAfter(step);
      expect(breaking).toEqual(isAbsent[step] ? [] : all);
    }
  });

  test("the label of breaking news is gone after the fourth command, and the reason of the kill is nowhere", () => {
    const labelled = COMMANDS.map((_, step) => JSON.stringify(sightAfter(step)).includes("Breaking news"));
    expect(labelled).toEqual([true, true, true, false, false]);
    expect(JSON.stringify(sightAfter(4))).not.toMatch(/hoax|pier|brigade|out\./);
  });
});
