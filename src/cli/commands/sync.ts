import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { readStateFolder } from "../../config/environment.ts";
import { type Batch, FollowError, follow, sleepFor } from "../../consumer/follow.ts";
import { FlashwireError } from "../../core/errors.ts";
import { holdLock } from "../../store/file/lock.ts";
import { examples, optionsOf } from "../command.ts";
import { EXEC_RETRY_MS, MAX_EXEC_RETRY_MS, MAX_SYNC_EVERY_S, MIN_SYNC_EVERY_S } from "../limits.ts";
import { EXIT, note, plain } from "../output/print.ts";
import { type News, openCopy, type Target } from "../sync/copy.ts";
import { type CursorFile, cursorFile } from "../sync/cursor-file.ts";
import { openDisk } from "../sync/disk.ts";
import { ExecError, execTarget } from "../sync/exec.ts";
import { createSyncReport } from "../sync/report.ts";

type Flags = { exec?: string; once?: boolean; every: string };

export function addSync(program: Command): void {
  program
    .command("sync")
    .summary("keep a copy of all stories of a wire, and miss nothing")
    .description(
      "Follows the change log of a wire, its own or another's, and keeps a copy of its stories in a folder: one file for " +
        "each in stories/, and in withdrawn/ what stands in the place of a killed one. Kills come first. Goes on where it " +
        "was, also after a crash. With --exec a program of yours gets the changes instead: the shell runs it once for each " +
        "batch, with one change per line as JSON on its standard input, and the cursor moves when it exits with 0.",
    )
    .argument("<url>", "the address of the wire")
    .argument(
      "[folder]",
      "where the copy is kept; with --exec, where the cursor is " +
        "(default: below ~/.local/state/flashwire, for each wire and command its own)",
    )
    .option("--exec <command>", "the program that gets the changes")
    .option("--once", "end when the copy is up to date")
    .option("--every <seconds>", "how often to look for changes", "2")
    .addHelpText(
      "after",
      examples(
        "sync https://wire.example.org copy",
        "sync https://wire.example.org copy --once",
        "sync https://wire.example.org --exec ./take-changes",
      ),
    )
    .action(run);
}

async function run(
  address: string,
  folder: string | undefined,
  _options: object,
  command: Command,
): Promise<void> {
  const { json = false, exec, once = false, every } = optionsOf<Flags>(command);
  if (exec?.trim() === "")
    throw new FlashwireError("invalid", "--exec has no command. Name the program that gets the changes.");
  const url = wireAt(address);
  const own = folderOf(url, folder, exec);
  makeFolder(own);
  const lock = holdLock(join(own, "lock"));
  if (lock === undefined) throw new FlashwireError("busy", `Another process follows a wire into ${own}.`);
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  process.once("SIGINT", () => {
    process.exitCode = EXIT.interrupted;
    stop.abort();
  });
  try {
    const disk = await openDisk(join(own, "drafts"));
    const cursors = cursorFile(own, url, exec === undefined ? "copy" : "exec", disk);
    // The cursor is read before the copy makes its folders: a cursor beside a missing copy is an error.
    const isNew = (await cursors.read()) === undefined;
    const tell = (text: string) => note(plain(text));
    const target = exec === undefined ? await openCopy(own, disk) : execTarget(exec, { isNew, tell });
    const report = createSyncReport(json);
    const onTrouble = ({ message }: FollowError) => report.trouble(message);
    const options = { everyMs: secondsOf(every) * 1_000, once, signal: stop.signal, onTrouble };
    await followInto(url, { target, cursors, options, report });
  } catch (error) {
    if (error instanceof FollowError) throw new FlashwireError("unavailable", plain(error.message));
    throw error;
  } finally {
    lock.release();
  }
}

type Following = {
  target: Target;
  cursors: CursorFile;
  options: { everyMs: number; once: boolean; signal: AbortSignal; onTrouble(error: FollowError): void };
  report: { batch(batch: Batch, news: News): void; end(): void };
};

/** A program that fails gets what comes behind the saved cursor again: fresh kills before everything else. */
async function followInto(url: string, { target, cursors, options, report }: Following): Promise<void> {
  let failures = 0;
  while (!options.signal.aborted) {
    try {
      const { have } = target;
      for await (const batch of follow(url, await cursors.read(), { ...options, ...(have && { have }) })) {
        const news = await target.apply(batch);
        await cursors.save(batch.cursor);
        report.batch(batch, news);
        failures = 0;
      }
      if (!options.signal.aborted) report.end();
      return;
    } catch (error) {
      if (!(error instanceof ExecError) || options.once) throw error;
      note(plain(error.message));
      await sleepFor(Math.min(EXEC_RETRY_MS * 2 ** failures++, MAX_EXEC_RETRY_MS), options.signal);
    }
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === "EEXIST" || code === "ENOTDIR" ? "A file stands in its place." : message;
    throw new FlashwireError("invalid", `${path} cannot be made a folder. ${why}`, [], { cause });
  }
}

function wireAt(address: string): string {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new FlashwireError(
      "invalid",
      `${address} is no address of a wire, such as https://wire.example.org.`,
    );
  return url.href;
}

/** The folder of the cursor of `--exec` without a folder: one for each wire and program. */
function folderOf(url: string, folder: string | undefined, exec: string | undefined): string {
  if (folder !== undefined) return resolve(folder);
  if (exec === undefined)
    throw new FlashwireError(
      "invalid",
      "Name a folder for the copy, or a program for the changes with --exec.",
    );
  const name = createHash("sha256")
    .update(JSON.stringify([url, exec]))
    .digest("hex")
    .slice(0, 32);
  return join(readStateFolder(), "sync", name);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (seconds >= MIN_SYNC_EVERY_S && seconds <= MAX_SYNC_EVERY_S) return seconds;
  throw new FlashwireError(
    "invalid",
    `--every has to be from ${MIN_SYNC_EVERY_S} to ${MAX_SYNC_EVERY_S} seconds.`,
  );
}
