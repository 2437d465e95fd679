import { execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const ROOT = join(import.meta.dirname, "..", "..");
const BIN = join(ROOT, "node_modules", ".bin");
const MOTO = join(ROOT, "..", "shared", "moto", "run");

/** The runtime client that Lambda runs functions with, and AWS's validator of templates: too heavy for dev dependencies. */
const PACKAGES = { "aws-lambda-ric": "4.0.2", "aws-cdk-lib": "2.276.0" };

/** Installs the tools once, beside the temporary files; answers their node_modules. */
export function tools(): string {
  const folder = join(tmpdir(), `flashwire-aws-tools-${Object.values(PACKAGES).join("-")}`);
  const modules = join(folder, "node_modules");
  const missing = Object.keys(PACKAGES).some((name) => !existsSync(join(modules, name, "package.json")));
  if (missing) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const wanted = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`);
    run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...wanted], { cwd: folder });
  }
  return modules;
}

export function run(
  command: string,
  args: string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
) {
  return execFileSync(command, args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: "pipe",
    ...options,
    env: environment(options.env),
  });
}

/** The same for a command that asks this process for something: rejects with what it wrote. */
export async function runBeside(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  try {
    return (await promisify(execFile)(command, args, { cwd: ROOT, env: environment(env) })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  }
}

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...more, PATH: `${BIN}:${process.env.PATH}` };
  // osls takes a bundle of certificates for a reason to check the look-alike's, which has none.
  delete env.AWS_CA_BUNDLE;
  return env;
}

export type Moto = { url: string; stop(): void };

/** Starts the look-alike on a free port. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const server = spawn(MOTO, [String(port)], {
    // It leaves a file where it stands.
    cwd: tmpdir(),
    stdio: ["ignore", "ignore", openSync(join(tmpdir(), "flashwire-moto.log"), "w")],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 150; tries++) {
    if (server.exitCode !== null) throw new Error(`moto ended with ${server.exitCode}`);
    const up = await fetch(url).then(
      () => true,
      () => false,
    );
    if (up) return { url, stop: () => server.kill("SIGKILL") };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("moto does not answer");
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
