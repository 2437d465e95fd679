import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** The source files as text, and what they import: by reading, so that a check needs no build. */

export const ROOT = join(import.meta.dirname, "../..");

export type Source = { path: string; text: string };

export function sources(pattern: string, root = ROOT): Source[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

export function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** The names in the imports of a file, type-only ones included. */
export function importsOf({ text }: Source): string[] {
  const found = withoutComments(text).matchAll(
    /\b(?:import|export)\b[^;"'`()]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(?\s*["']([^"']+)["']/g,
  );
  return [...found].map(([, from, bare]) => (from ?? bare) as string);
}

/** The files of the project that a file imports, by their paths. */
export function filesImportedBy(source: Source): string[] {
  return importsOf(source)
    .filter((name) => name.startsWith("."))
    .map((name) => posix.normalize(`${dirname(source.path)}/${name}`));
}
