import { spawn } from "node:child_process";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");
export const MAIN = join(ROOT, "src/cli/main.mjs");

export type Run = { code: number | null; stdout: string; stderr: string };

/** Runs the command line as its user does: a process of its own, with nothing of ours in its environment. */
export function flashwire(
  args: string[],
  env: Record<string, string> = {},
  input?: string | Buffer,
): Promise<Run> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env: { PATH, HOME, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  child.stdin.on("error", () => {}).end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** The values of NDJSON. */
export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export function story(id: string, fields: Record<string, unknown> = {}) {
  return {
    id,
    url: `https://news.example.org/${id}.html`,
    headline: `Story ${id}`,
    published: "2026-01-01T12:00:00Z",
    section: "World",
    ...fields,
  };
}
