import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/*
 * Work that packages do when they are imported, and that nobody needs. Each costs a cold start about a millisecond: it loads a part of Node
 * that no request needs, or works where Node has a call. A package that has changed so that a row changes nothing stops the build.
 */

/** A file of a package, and a change of its text; `why` says that the change takes nothing away that we use. */
type Change = { file: RegExp; old: string; by: string; why: string };

const CHANGES: Change[] = [
  {
    file: /lru-cache[\\/]dist[\\/]esm[\\/]node[\\/]index\.min\.js$/,
    old: "performance",
    by: "Date",
    why: "A clock of milliseconds does, because no cache of ours forgets by time; `performance` loads node:perf_hooks.",
  },
  {
    file: /[\\/]ChecksumStream\.browser\.js$/,
    old: `typeof ReadableStream === "function" ? ReadableStream : `,
    by: "",
    why: "The streams of Node's HTTP client are none of browsers; `ReadableStream` loads those.",
  },
  {
    file: /checksum[\\/]crc32[\\/]Crc32Node\.js$/,
    old: `import * as zlib from "node:zlib";`,
    by: "const zlib = {};",
    why: "No request of ours has such a checksum (src/store/s3/client.ts); without node:zlib the package counts in JavaScript.",
  },
  {
    file: /entities[\\/]dist[\\/]esm[\\/]internal[\\/]decode-shared\.js$/,
    old: "export function decodeBase64(input) {",
    by: `export function decodeBase64(input) {
  const bytes = Uint8Array.from(Buffer.from(input, "base64"));
  return new Uint16Array(bytes.buffer, 0, bytes.length >> 1);`,
    why: "32 KB of base64 are decoded by Node, not a character at a time.",
  },
];

export const quickStart: Plugin = {
  name: "quick-start",
  setup({ onLoad }) {
    for (const { file, old, by } of CHANGES)
      onLoad({ filter: file }, ({ path }) => {
        const source = readFileSync(path, "utf8");
        if (!source.includes(old)) throw new Error(`${path} is not as scripts/quick-start.ts knows it`);
        return { contents: source.replaceAll(old, by) };
      });
  },
};
