import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
if (!hasPython) console.warn("There is no python3: examples/consumers/follow.py is not tested.");

test.skipIf(!hasPython)(
  "when the log of a wire begins at this moment, follow.py says that there is no page yet, and asks again",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "flashwire-python-"));
    const answers = [
      { begins: "0m1" },
      { epoch: "0m2", first: 1, snapshot: { seq: 0, pages: 0 }, changes: [] },
    ];
    const server = createServer((_, response) => response.end(JSON.stringify(answers.shift())));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const program = [
        "examples/consumers/follow.py",
        url,
        join(folder, "copy.db"),
        "--once",
        "--every",
        "0.1",
      ];
      const { stderr } = await promisify(execFile)("python3", program);
      expect(stderr).toBe(`NotYet('${url}/changes/open.json is no page of the log')\n`);
      expect(answers).toEqual([]);
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  },
);
