import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** The arguments that `npm start` gives to node: options and the program. */
export function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const [, ...rest] = scripts.start.split(" ");
  return rest;
}

export const TOKEN = "a-token-for-tests";

/** The real `npm start` process on a data folder. */
export type ChildWire = {
  url: string;
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** kill -9, as a power switch would. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
};

export async function startChildWire(data: string, env: Record<string, string> = {}): Promise<ChildWire> {
  const child = spawn(process.execPath, startArguments(), {
    cwd: ROOT,
    env: { ...process.env, PORT: "0", FLASHWIRE_DATA: data, FLASHWIRE_TOKEN: TOKEN, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const exited = once(child, "exit");
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", () => {
      const found = /at (http:\/\/\S+)/.exec(stdout)?.[1];
      if (found) resolve(found);
    });
    exited.then(() => reject(new Error(`the wire did not start:\n${stdout}\n${stderr}`)));
  });
  return {
    url,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
    async stop() {
      child.kill("SIGTERM");
      const [code] = await exited;
      return code;
    },
  };
}

/** PUTs an article; answers the status, or undefined when the wire was not there to answer. */
export async function send(url: string, article: { id: string }, query = ""): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/articles/${article.id}${query}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(article),
    });
    await response.text();
    return response.status;
  } catch {
    return undefined;
  }
}
