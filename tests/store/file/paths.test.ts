import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { directoryOf, fromBytes, pathOf, readName, toBytes } from "../../../src/store/file/paths.ts";
import { anyKey, HARD_KEYS, meetingKey, ROOT_KEYS } from "../../contract/keys.ts";

/** The key that a path stands for, as a listing finds it out: name by name. */
function keyOf(path: string): string | undefined {
  let bytes = "";
  for (const name of path.split("/")) {
    const found = readName(name);
    if (found === undefined) return undefined;
    bytes += found.bytes;
  }
  return fromBytes(bytes);
}

const hardKeys = [...HARD_KEYS, ...ROOT_KEYS, "X".repeat(1_024), "/".repeat(1_024), "x".repeat(1_024)];
const keys = fc.oneof(anyKey, meetingKey, fc.constantFrom(...hardKeys));

describe("when keys become paths", () => {
  test("ordinary keys are read as they are", () => {
    for (const key of ["articles/us-nkorea.json", "windows/section/usa.json", "feeds/tag/a-b/rss.xml"]) {
      expect(pathOf(key)).toBe(key);
    }
    expect(pathOf("feeds/all/removed")).toBe("feeds/all/removed.%");
    expect(pathOf("articles/US.json")).toBe("articles/%55%53.json");
  });

  test("any key comes back from its path", () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(keyOf(pathOf(key))).toBe(key);
      }),
      { numRuns: 500 },
    );
  });

  test("two keys never meet, on a disk that folds case and Unicode forms either", () => {
    const place = (key: string) => pathOf(key).toLowerCase().normalize("NFKC");
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        fc.pre(a !== b);
        const [first, second] = [place(a), place(b)];
        expect(first).not.toBe(second);
        // A file is no directory on the way to another.
        expect(second.startsWith(`${first}/`)).toBe(false);
      }),
    );
  });

  test("every name is one that disks take, no path leads out, none is the store's own", () => {
    fc.assert(
      fc.property(keys, (key) => {
        const path = pathOf(key);
        expect(path.length).toBeLessThan(3_500);
        for (const name of path.split("/")) {
          expect(name).toMatch(/^[a-z0-9_~%-][A-Za-z0-9._~%-]{0,249}$/);
        }
        expect(posix.join("/root", path)).toBe(`/root/${path}`);
      }),
    );
  });

  test("everything below a prefix is in its directory", () => {
    fc.assert(
      fc.property(keys, (key) => {
        const cut = key.lastIndexOf("/") + 1;
        fc.pre(cut > 0);
        const directory = directoryOf(toBytes(key.slice(0, cut)));
        expect(pathOf(key).startsWith(`${directory}/`)).toBe(true);
      }),
    );
  });

  test("names that no key has are somebody else's", () => {
    const others = [
      ".lock",
      ".tmp",
      ".DS_Store",
      "A.json",
      "a b.json",
      "ä.json",
      "a.json%2e",
      "%2f.x",
      "%2F.%",
    ];
    for (const name of [...others, "%00.%", "%61.%", "a.b.%", "abc%", "x%", "%%", "%zz.json", "..", ""]) {
      expect(readName(name), name).toBeUndefined();
    }
  });
});
