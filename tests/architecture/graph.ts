import { dirname } from "node:path";
import { filesImportedBy, type Source } from "./sources.ts";

export type Graph = Map<string, Set<string>>;

/** Which file imports which, of these files. */
export function fileGraph(files: Source[]): Graph {
  const paths = new Set(files.map(({ path }) => path));
  return new Map(
    files.map((file) => [file.path, new Set(filesImportedBy(file).filter((path) => paths.has(path)))]),
  );
}

/** Which folder imports which; a file at the root of src/ counts as a folder of its own. */
export function folderGraph(files: Source[]): Graph {
  const folderOf = (path: string) => (dirname(path) === "src" ? path : dirname(path));
  const graph: Graph = new Map();
  for (const [from, targets] of fileGraph(files)) {
    const found = graph.get(folderOf(from)) ?? new Set();
    for (const to of targets) if (folderOf(to) !== folderOf(from)) found.add(folderOf(to));
    graph.set(folderOf(from), found);
  }
  return graph;
}

/** The groups of nodes that lead back to themselves (Tarjan's strongly connected components). */
export function circlesIn(graph: Graph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) as number);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) as number, low.get(next) as number));
    }
    if (low.get(node) !== index.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1 || graph.get(node)?.has(node)) circles.push(circle.sort());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return circles;
}

/** The number of nodes on the longest way down; a circle counts as often as its nodes. */
export function floorsOf(graph: Graph): number {
  const known = new Map<string, number>();
  const inCircle = new Map(circlesIn(graph).flatMap((circle) => circle.map((node) => [node, circle])));
  const depth = (node: string): number => {
    const found = known.get(node);
    if (found !== undefined) return found;
    const circle = inCircle.get(node) ?? [node];
    for (const each of circle) known.set(each, 0);
    const below = circle
      .flatMap((each) => [...(graph.get(each) ?? [])])
      .filter((each) => !circle.includes(each));
    const deepest = Math.max(0, ...below.map(depth)) + circle.length;
    for (const each of circle) known.set(each, deepest);
    return deepest;
  };
  return Math.max(0, ...[...graph.keys()].map(depth));
}
