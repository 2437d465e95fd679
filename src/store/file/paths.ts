import { MAX_NAME_BYTES, PIECE_BYTES } from "../limits.ts";

/**
 * Keys as paths of a folder, one to one. The last segment of a key is a file, the others are directories:
 * `articles/us-nkorea.json` stands in `articles/us-nkorea.json`.
 *
 * A name holds only `a-z 0-9 - . _ ~` and percent-escapes of all other bytes, as in a URL (RFC 3986), upper-case
 * letters among them. So names stay apart on disks that fold case or normalise Unicode, and the rule does not grow with
 * a Unicode version. Names of files have a literal dot and names of directories have none, so `a` and `a/b` do not
 * meet. A name that would be too long goes on in a directory of its own.
 *
 * Keys are handled as "byte strings", one character for each UTF-8 byte: their order as strings is the order of keys.
 */

/** Ends the name of a directory whose segment goes on inside. */
const GOES_ON = "%";
const EMPTY = "%";
/** Gives a file name the dot that it lacks. */
const DOTTED = ".%";

export const toBytes = (text: string): string => Buffer.from(text).toString("latin1");
export const fromBytes = (bytes: string): string => Buffer.from(bytes, "latin1").toString();

/** Keys that are their own paths, as most are: no name in them is escaped, or goes on. */
const IS_PATH = /^(?:[a-z0-9_~-]+\/)*[a-z0-9_~-]+\.[a-z0-9._~-]*$/;

/** The path of a key's file, relative to the folder. */
export function pathOf(key: string): string {
  if (key.length <= MAX_NAME_BYTES && IS_PATH.test(key)) return key;
  const segments = toBytes(key).split("/");
  const file = segments.pop() as string;
  return [...segments.flatMap((segment) => names(segment, directoryName)), ...names(file, fileName)].join(
    "/",
  );
}

/** The path of the directory that holds everything below `bytes`, which is empty or ends with a slash. */
export function directoryOf(bytes: string): string {
  const segments = bytes.split("/").slice(0, -1);
  return segments.flatMap((segment) => names(segment, directoryName)).join("/");
}

/**
 * What the name of a directory entry stands for: a segment as a byte string, with a slash at its end for a directory;
 * `goesOn` for the first part of a long one. Undefined for a name that no key has: somebody else's file.
 */
export function readName(name: string): { bytes: string; goesOn: boolean } | undefined {
  if (/^[a-z0-9_~-]+$/.test(name)) return { bytes: `${name}/`, goesOn: false };
  if (/^[a-z0-9_~-]+\.[a-z0-9._~-]*$/.test(name)) return { bytes: name, goesOn: false };
  const isFile = name.includes(".");
  const goesOn = !isFile && name.length > 1 && name.endsWith(GOES_ON);
  const stem = isFile && name.endsWith(DOTTED) ? name.slice(0, -DOTTED.length) : name;
  const bytes = decode(goesOn ? name.slice(0, -1) : stem);
  const made = isFile ? fileName(bytes) : directoryName(bytes);
  if (name !== (goesOn ? made + GOES_ON : made) || /[\0/]/.test(bytes)) return undefined;
  if (goesOn && bytes.length !== PIECE_BYTES) return undefined;
  return { bytes: isFile || goesOn ? bytes : `${bytes}/`, goesOn };
}

function names(segment: string, last: (bytes: string) => string): string[] {
  const found: string[] = [];
  let rest = segment;
  for (let name = last(rest); ; name = last(rest)) {
    if (name.length <= MAX_NAME_BYTES) return [...found, name];
    found.push(directoryName(rest.slice(0, PIECE_BYTES)) + GOES_ON);
    rest = rest.slice(PIECE_BYTES);
  }
}

const directoryName = (bytes: string) => (bytes === "" ? EMPTY : escapeAll(bytes, /[^a-z0-9_~-]/g));

function fileName(bytes: string): string {
  const name = bytes === "" ? EMPTY : escapeAll(bytes, /[^a-z0-9._~-]|^\./g);
  return name.includes(".") ? name : name + DOTTED;
}

function escapeAll(bytes: string, unsafe: RegExp): string {
  return bytes.replace(unsafe, (char) => {
    return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

function decode(name: string): string {
  if (name === EMPTY) return "";
  return name.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
