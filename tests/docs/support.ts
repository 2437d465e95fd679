import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** A page of the documentation: its path from the root of the project, and its text. */
export type Page = { path: string; text: string };

export function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}

/** Every Markdown page of the project. */
export function pages(): Page[] {
  return globSync(["*.md", "docs/**/*.md"], { cwd: ROOT })
    .map((path) => path.replaceAll("\\", "/"))
    .sort()
    .map((path) => ({ path, text: read(path) }));
}

/** The text below the heading, up to the next heading of the same level or a higher one. Undefined without one. */
export function sectionOf(text: string, heading: string): string | undefined {
  const lines = text.split("\n");
  const start = lines.indexOf(heading);
  if (start === -1) return undefined;
  const level = heading.indexOf(" ");
  const length = lines.slice(start + 1).findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return lines.slice(start + 1, length === -1 ? undefined : start + 1 + length).join("\n");
}

/** What stands in backticks, such as `level` in a table. */
export function codeIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string));
}

/** The addresses of the links, images included. Text in code blocks and in backticks has no links. */
export function linksIn(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, address]) => address as string);
}

/** The anchors of the headings, as hosts of Markdown make them: lower case, spaces as hyphens, no other signs. */
export function anchorsIn(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.+)$/gm);
  const anchor = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .replaceAll(" ", "-");
  return new Set([...headings].map(([, heading]) => anchor(heading as string)));
}
