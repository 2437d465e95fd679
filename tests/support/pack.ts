import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { MemoryStore } from "../../src/store/memory.ts";

/* Data folders and buckets as one compressed file each: a line of JSON for each file or object, gzipped. */

type Body = { text: string } | { base64: string };
type FileLine = { path: string; mode: number; modified: string } & Body;
type Kept = { contentType?: string; cacheControl?: string };
type ObjectLine = { bucket: "newsroom" | "site"; key: string; modified: string } & Kept & Body;

type Objects = {
  list(prefix: string): AsyncIterable<string>;
  get(key: string): Promise<{ body: Uint8Array; modified: Date } | undefined>;
};

/** Objects have the times of their writes; all that stands beside them gets `at`. */
export function packFolder(folder: string, at: number, file: string): void {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const lines = paths.map((path): FileLine => {
    const { mode, mtimeMs } = statSync(join(folder, path));
    const isObject = /^(newsroom|site)\/[^.]/.test(path);
    const modified = new Date(isObject ? mtimeMs : at).toISOString();
    return { path, mode: mode & 0o600, modified, ...bodyOf(readFileSync(join(folder, path))) };
  });
  write(file, lines);
}

export function unpackFolder(file: string, folder: string): void {
  for (const { path, mode, modified, ...body } of read<FileLine>(file)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytesOf(body), { mode });
    // Half a millisecond more: as a fraction of seconds it may be rounded down.
    const time = (Date.parse(modified) + 0.5) / 1_000;
    utimesSync(target, time, time);
  }
}

export async function packBuckets(
  stores: { newsroom: Objects; site: Objects },
  headers: { newsroom: Map<string, Kept>; site: Map<string, Kept> },
  file: string,
): Promise<void> {
  const lines: ObjectLine[] = [];
  for (const bucket of ["newsroom", "site"] as const) {
    for await (const key of stores[bucket].list("")) {
      const stored = await stores[bucket].get(key);
      if (stored === undefined) continue;
      const modified = stored.modified.toISOString();
      lines.push({ bucket, key, modified, ...headers[bucket].get(key), ...bodyOf(stored.body) });
    }
  }
  write(file, lines);
}

/** Two stores with the objects as they were; what is written to them later has the time `now`. */
export async function unpackBuckets(
  file: string,
  now: () => number,
): Promise<{ newsroom: MemoryStore; published: MemoryStore }> {
  let time = now;
  const [newsroom, published] = [new MemoryStore(() => time()), new MemoryStore(() => time())];
  for (const { bucket, key, modified, contentType, cacheControl, ...body } of read<ObjectLine>(file)) {
    time = () => Date.parse(modified);
    const kept = { ...(contentType && { contentType }), ...(cacheControl && { cacheControl }) };
    await (bucket === "site" ? published : newsroom).put(key, bytesOf(body), kept);
  }
  time = now;
  return { newsroom, published };
}

function bodyOf(body: Uint8Array): Body {
  const bytes = Buffer.from(body);
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? { text } : { base64: bytes.toString("base64") };
}

const bytesOf = (body: Body) =>
  "text" in body ? Buffer.from(body.text) : Buffer.from(body.base64, "base64");

function write(file: string, lines: object[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(file, gzipSync(text, { level: 9 }));
}

function read<T>(file: string): T[] {
  const text = gunzipSync(readFileSync(file)).toString();
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
