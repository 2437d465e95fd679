import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { serialProxy } from "../support/faulty-proxy.ts";

const RUN = join(import.meta.dirname, "../../../shared/moto/run");
const READY_MS = 30_000;

export type Moto = {
  client: S3Client;
  endpoint: string;
  /** Region and credentials, as variables of the environment. */
  env: Record<string, string>;
  close(): void;
};

/**
 * A third-party S3 in a process of its own, with these buckets. One request at a time reaches it: it checks a condition
 * and writes in two steps, and on a busy machine two of twenty writers win.
 */
export async function startMoto(buckets: string[]): Promise<Moto> {
  if (!existsSync(RUN)) throw new Error(`${RUN} is not there; these checks need it`);
  const port = await freePort();
  const child = spawn(RUN, [String(port)], { stdio: "ignore", detached: true, cwd: tmpdir() });
  const kill = () => {
    // The whole group: the script and what it started.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  process.once("exit", kill);
  const upstream = `http://127.0.0.1:${port}`;
  const proxy = await serialProxy(upstream);
  const endpoint = proxy.url;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials });
  const close = () => {
    client.destroy();
    proxy.close();
    process.removeListener("exit", kill);
    kill();
  };
  try {
    await answers(upstream, child);
    for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  } catch (error) {
    close();
    throw error;
  }
  const env = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  return { client, endpoint, env, close };
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const ok = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (ok) return;
    await setTimeout(100);
  }
  throw new Error(`${RUN} does not answer; it ended with ${child.exitCode}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
