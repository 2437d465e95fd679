import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Batch, Story } from "../../consumer/follow.ts";
import type { Target } from "./copy.ts";

/** The program that gets the changes failed: the cursor has not moved. */
export class ExecError extends Error {}

/**
 * A program of the operator, which the shell runs once for each batch. It reads one change per line as JSON, and the cursor moves
 * when it exits with 0.
 */
export function execTarget(command: string): Target {
  return {
    async apply(batch) {
      const lines = linesOf(batch);
      if (lines.length > 0) await runOnce(command, lines);
    },
  };
}

/** The lines of a batch, in the order in which they are to be done. */
export function linesOf({ kills, removed, dropped, stories, tombstones }: Batch): string[] {
  const shown = ({ id, guid, version, order, digest, document }: Story) => ({
    ...{ id, guid, version, order, digest },
    story: document,
  });
  const all = [
    ...kills.map((kill) => ({ do: "kill", ...kill })),
    ...removed.map((one) => ({ do: "remove", ...one })),
    ...(dropped === undefined ? [] : [{ do: "drop", ...dropped, ids: [...dropped.ids] }]),
    ...stories.map((story) => ({ do: "keep", ...shown(story) })),
    ...tombstones.map((story) => ({ do: "tombstone", ...shown(story) })),
  ];
  return all.map((one) => `${JSON.stringify(one)}\n`);
}

async function runOnce(command: string, lines: string[]): Promise<void> {
  const child = spawn(command, { shell: true, stdio: ["pipe", "inherit", "inherit"] });
  // Who exits without reading everything says by its exit code whether that is well.
  child.stdin.on("error", () => {});
  child.stdin.end(lines.join(""));
  const [code, signal] = await once(child, "exit").catch((error) => {
    throw new ExecError(`${command} cannot be run: ${error.message}`);
  });
  if (code !== 0) throw new ExecError(`${command} ended with ${signal ?? code}.`);
}
