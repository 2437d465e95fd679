import { createHash } from "node:crypto";
import { MAX_COPY_NAME } from "../limits.ts";

/*
 * Names of the files of a copy, which are those of one id each on every system: also where `A` and `a` are one name, and where
 * `con` is a device. Forms of ids hold letters, digits and . _ ~ - alone.
 */

/** https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file#naming-conventions */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;

/**
 * `=` stands before what was a capital letter, and twice before the name of a device. A name that is too long for a file system
 * is `=.` and the SHA-256 of the id.
 */
export function copyNameOf(id: string): string {
  const small = id.replace(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`);
  const name = DEVICE.test(small) ? `==${small}` : small;
  if (name.length <= MAX_COPY_NAME) return `${name}.json`;
  return `=.${createHash("sha256").update(id).digest("hex")}.json`;
}

/** The id in the name of a file; undefined where the file has to be asked. */
export function idOfCopyName(name: string): string | undefined {
  if (name.startsWith("=.")) return undefined;
  return name
    .slice(0, -".json".length)
    .replace(/^==/, "")
    .replace(/=(.)/g, (_, letter: string) => letter.toUpperCase());
}
