import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

const RUN = join(import.meta.dirname, "../../../shared/moto/run");

/** A third-party S3 in a process of its own, with these buckets. */
export async function startMoto(buckets: string[]): Promise<{ client: S3Client; close(): void }> {
  const port = await freePort();
  const child = spawn(RUN, [String(port)], { stdio: "ignore", detached: true });
  const endpoint = `http://127.0.0.1:${port}`;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials });
  for (let tries = 0; ; tries++) {
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      break;
    if (tries === 150 || child.exitCode !== null) throw new Error(`${RUN} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
  const close = () => {
    client.destroy();
    if (child.pid) process.kill(-child.pid, "SIGKILL");
  };
  return { client, close };
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
