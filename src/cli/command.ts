import type { Command } from "commander";
import { readSiteFile } from "../config/environment.ts";

/** Options that every command takes. */
export type GlobalOptions = { url?: string; token?: string; json?: boolean; config?: string };

/** The options of a command and the global ones, wherever they stood on the line. */
export function optionsOf<T extends object>(command: Command): T & GlobalOptions {
  return command.optsWithGlobals<T & GlobalOptions>();
}

/** The site file that `--config` names, else FLASHWIRE_CONFIG; undefined where it is that of the checkout. */
export function siteFileOf(command: Command): string | undefined {
  return optionsOf(command).config ?? readSiteFile();
}

/** The last part of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ npx flashwire ${line}`).join("\n")}\n`;
}
