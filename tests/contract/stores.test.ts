import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore } from "../../src/store/file/store.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { clientOf } from "../support/s3-client.ts";
import { startS3Server } from "../support/s3-server.ts";
import { describeContract } from "./contract.ts";

describeContract("memory", async () => ({ store: new MemoryStore() }));

/** A file store. Where it holds writes in memory, it brings them to the disk every few milliseconds. */
function openFiles(holds: boolean) {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-store-"));
  const store = fileStore(folder, { isLate: () => holds, mayHold: () => holds });
  const flushes = setInterval(() => holds && store.flush(), 5);
  const close = async () => {
    clearInterval(flushes);
    await store.flush();
    store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, close };
}

describeContract("file", async () => openFiles(false));

describeContract("file that holds late writes", async () => openFiles(true));

describeContract("s3", async () => {
  const server = await startS3Server();
  const client = clientOf(server.url);
  const close = async () => {
    client.destroy();
    await server.close();
  };
  return { store: s3Store(connect(client), "newsroom"), close };
});
