import { circlesIn, fileGraph, floorsOf, folderGraph } from "./graph.ts";
import { ROOT, type Source, sources } from "./sources.ts";

/** Prints the figures of the house: `node tests/architecture/figures.ts [root of another checkout]`. */

/** The longest function that begins at the start of a line, with its lines. */
function longestFunction(files: Source[]): { lines: number; at: string } {
  let longest = { lines: 0, at: "" };
  for (const { path, text } of files) {
    let start: number | undefined;
    text.split("\n").forEach((line, i) => {
      if (/^(export )?(async )?function\b/.test(line)) start = i;
      if (line !== "}" || start === undefined) return;
      const lines = i - start + 1;
      if (lines > longest.lines) longest = { lines, at: `${path}:${start + 1}` };
      start = undefined;
    });
  }
  return longest;
}

/** What a file of src/ exports and no other file of the checkout names, of these kinds. */
export function deadExports(src: Source[], all: Source[], kinds: string): string[] {
  return src.flatMap(({ path, text }) =>
    [...text.matchAll(new RegExp(`^export (?:async )?(?:${kinds}) (\\w+)`, "gm"))]
      .map(([, name]) => name as string)
      .filter(
        (name) => !all.some((other) => other.path !== path && new RegExp(`\\b${name}\\b`).test(other.text)),
      )
      .map((name) => `${path}: ${name}`),
  );
}

export const VALUES = "function\\*?|const|class";
export const TYPES = "type|interface";

function print(root: string): void {
  const src = sources("src/**/*.ts", root);
  const all = [
    ...src,
    ...sources("{functions,tests,bench,scripts,infra}/**/*.ts", root),
    ...sources("*.ts", root),
  ];
  const { lines, at } = longestFunction(src);
  const sum = src.reduce((total, { text }) => total + text.split("\n").length - 1, 0);
  console.log(`files ${src.length}, lines ${sum}`);
  console.log(`floors of folders ${floorsOf(folderGraph(src))}, of files ${floorsOf(fileGraph(src))}`);
  console.log(
    `circles of folders ${circlesIn(folderGraph(src)).length}, of files ${circlesIn(fileGraph(src)).length}`,
  );
  console.log(`longest function ${lines} lines (${at})`);
  for (const [name, kinds] of [
    ["values", VALUES],
    ["types", TYPES],
  ] as const) {
    const dead = deadExports(src, all, kinds);
    console.log(
      `exported ${name} that nobody imports: ${dead.length}${dead.length > 0 ? ` (${dead.join(", ")})` : ""}`,
    );
  }
}

if (import.meta.main) print(process.argv[2] ?? ROOT);
