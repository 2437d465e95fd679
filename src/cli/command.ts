import type { Command } from "commander";

/** Options that every command takes. */
export type GlobalOptions = { url?: string; token?: string; json?: boolean };

/** The options of a command and the global ones, wherever they stood on the line. */
export function optionsOf<T extends object>(command: Command): T & GlobalOptions {
  return command.optsWithGlobals<T & GlobalOptions>();
}

/** The last part of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ npx flashwire ${line}`).join("\n")}\n`;
}
