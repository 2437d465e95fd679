import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Batch, Story } from "../../consumer/follow.ts";
import { EXEC_TOLD_MS } from "../limits.ts";
import type { Target } from "./copy.ts";

/** The program that gets the changes failed: the cursor has not moved. */
export class ExecError extends Error {}

/** Calls `run` again and again after so many milliseconds. Answers what ends it. */
type Repeat = (ms: number, run: () => void) => () => void;

/**
 * `isNew`: nothing was taken before, so that kills are history until the program is up to date. `repeat`: tests put their own in its
 * place.
 */
export type ExecOptions = { isNew: boolean; tell(text: string): void; repeat?: Repeat };

/**
 * A program of the operator, which the shell runs once for each batch. It reads one change per line as JSON, and the cursor moves
 * when it exits with 0. While it runs, a line says so each minute.
 */
export function execTarget(command: string, { isNew, tell, repeat = repeatFor }: ExecOptions): Target {
  let isHistory = isNew;

  async function runTold(lines: string[]): Promise<void> {
    let minutes = 0;
    const end = repeat(EXEC_TOLD_MS, () => {
      minutes += EXEC_TOLD_MS / 60_000;
      tell(`${command} still runs after ${minutes} min. The cursor waits for it.`);
    });
    await runOnce(command, lines).finally(end);
  }

  return {
    async apply(batch) {
      const lines = linesOf(batch);
      if (lines.length > 0) await runTold(lines);
      // A kill that a snapshot names has no date, and is history as well.
      const down = isHistory ? [] : batch.kills.filter(({ at }) => at !== undefined);
      if (batch.behind.changes === 0 && batch.behind.pages === 0) isHistory = false;
      return { down, back: [], others: batch.kills.length - down.length };
    },
  };
}

const repeatFor: Repeat = (ms, run) => {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
};

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
  // A program may exit without reading everything: its exit code says whether it succeeded.
  child.stdin.on("error", () => {});
  child.stdin.end(lines.join(""));
  const [code, signal] = await once(child, "exit").catch((error) => {
    throw new ExecError(`${command} cannot be run: ${error.message}`);
  });
  if (code !== 0) throw new ExecError(`${command} ended with ${signal ?? code}.`);
}
