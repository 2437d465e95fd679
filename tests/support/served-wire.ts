import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { startWire, type Wire } from "../../src/local/wire.ts";

/** A wire as `npm start` serves it, in this process, for all tests of a file. */
export type ServedWire = {
  /** For files of the tests; the data folder is in it. */
  folder: string;
  data: string;
  readonly wire: Wire;
  /** The wire's own token. */
  readonly token: string;
  /** Writes a file below `folder`; answers its path. */
  file(name: string, bytes: string | Buffer): string;
};

/** Starts the wire before the first test of the file, and removes its folder after the last one. */
export function servedWire(): ServedWire {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-served-"));
  const data = join(folder, "data");
  let wire: Wire;
  beforeAll(async () => {
    wire = await startWire({ port: 0, host: "127.0.0.1", data }, () => {});
    await wire.idle();
  });
  afterAll(async () => {
    await wire.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    data,
    get wire() {
      return wire;
    },
    get token() {
      return readFileSync(join(data, "token"), "utf8").trim();
    },
    file(name, bytes) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
      return path;
    },
  };
}
