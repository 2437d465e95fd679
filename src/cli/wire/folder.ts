import type { Command } from "commander";
import { type Config, readConfig } from "../../config/environment.ts";
import { FlashwireError } from "../../core/errors.ts";
import type { Opened } from "../../local/open.ts";
import { optionsOf, siteFileOf } from "../command.ts";

/** Runs on the data folder (FLASHWIRE_DATA), beside a running wire or without one. Throws as `openFolder` does. */
export async function onFolder<T>(command: Command, run: (folder: Opened) => Promise<T>): Promise<T> {
  const folder = await openFolder(command);
  try {
    return await run(folder);
  } finally {
    folder.close();
  }
}

/**
 * The data folder with the site file that the options name. Throws `invalid` for `--url` and `--token`: they name a wire
 * that the command would not work on.
 */
export async function openFolder(command: Command): Promise<Opened> {
  refuseTarget(command);
  // Stores and renderer are half of the start of any command, and few commands need them.
  const { openLocal } = await import("../../local/open.ts");
  return openLocal(folderConfig(command));
}

/** The settings of the environment, with the site file that the options name. */
export function folderConfig(command: Command): Config {
  const siteFile = siteFileOf(command);
  return { ...readConfig(), ...(siteFile === undefined ? {} : { siteFile }) };
}

/** Throws `invalid` where the options name a wire by `--url` or `--token`. */
export function refuseTarget(command: Command): void {
  const { url, token } = optionsOf(command);
  if (url === undefined && token === undefined) return;
  const detail = "This command works on FLASHWIRE_DATA or on --stack; it takes no --url and no --token.";
  throw new FlashwireError("invalid", detail);
}
