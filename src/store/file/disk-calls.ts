import { closeSync, fsync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open as openHandle } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * The calls by which the file store and the journal change a disk, as node:fs has them. Tests put a disk in their place
 * that loses power (tests/support/simulated-disk.ts). Reading changes nothing and goes to node:fs directly.
 */
export type DiskCalls = {
  /** `w` makes or empties a file, `wx` makes a new one, `r` opens a file or folder to sync it. Answers a file descriptor. */
  openSync(path: string, flags: "w" | "wx" | "r"): number;
  writeFileSync(file: number, bytes: Uint8Array): void;
  fsyncSync(file: number): void;
  closeSync(file: number): void;
  renameSync(from: string, to: string): void;
  /** Nothing happens where there is no file. */
  rmSync(path: string, options: { force: true }): void;
  /** Answers the first folder that it made. */
  mkdirSync(path: string, options: { recursive: true }): string | undefined;
  /** As `fsyncSync`, in another thread. */
  fsync(file: number): Promise<void>;
  /** A file of lines, made or emptied. */
  openLines(path: string, flags: number): Promise<LinesHandle>;
};

/** A file that is written at its end. Calls fail when it is closed. */
export type LinesHandle = {
  /** One write to the disk may take a part of the lines only: this writes all of them. */
  appendFile(lines: string): Promise<void>;
  datasync(): Promise<void>;
  truncate(bytes: 0): Promise<void>;
  close(): Promise<void>;
};

export const nodeCalls: DiskCalls = {
  openSync,
  writeFileSync,
  fsyncSync,
  closeSync,
  renameSync,
  rmSync,
  mkdirSync,
  fsync: promisify(fsync),
  openLines: openHandle,
};
