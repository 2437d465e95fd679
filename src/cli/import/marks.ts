import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** How far an import came that was interrupted. `since`: when it got there, RFC 3339. */
export type Mark = { mark: string; since: string };

/** Where an import keeps its mark: a file for each source and wire. */
export type MarkFile = {
  read(): Promise<Mark | undefined>;
  keep(mark: string): Promise<void>;
  forget(): Promise<void>;
};

/**
 * The mark of one import, by all that makes it the same import: the kind, the source, its defaults and the wire. Marks can be
 * addresses with keys in them, so only its owner may read the file. Where the file cannot be read, the import begins at the start.
 */
export function markFile(folder: string, parts: string[], now: () => number): MarkFile {
  const name = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
  const path = join(folder, "imports", `${name}.json`);
  return {
    async read() {
      const text = await readFile(path, "utf8").catch(() => "");
      try {
        const { mark, since } = JSON.parse(text);
        return typeof mark === "string" && typeof since === "string" ? { mark, since } : undefined;
      } catch {
        return undefined;
      }
    },
    async keep(mark) {
      await mkdir(join(folder, "imports"), { recursive: true, mode: 0o700 });
      const draft = `${path}.${process.pid}`;
      await writeFile(draft, JSON.stringify({ mark, since: new Date(now()).toISOString() }), { mode: 0o600 });
      await rename(draft, path);
    },
    forget: () => rm(path, { force: true }),
  };
}
