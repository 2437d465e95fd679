import { FlashwireError } from "../core/errors.ts";
import { foreignKind, KINDS } from "./kind.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * One JSON value (RFC 8259) from its bytes. Stricter than JSON.parse: a name that an object holds twice is refused,
 * since the two programs on the way to a reader could each take another one. Throws `malformed` and says where.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FlashwireError("malformed", `This is not JSON: ${reason.toWellFormed()}`, [], { cause });
  }
  const repeated = repeatedName(text);
  if (repeated === undefined) return value;
  const { name, position } = repeated;
  throw new FlashwireError(
    "malformed",
    `This JSON names ${name} twice in one object, at position ${position}`,
  );
}

function decode(bytes: Uint8Array): string {
  const kind = foreignKind(bytes);
  if (kind !== undefined) {
    const detail = `This is not JSON: it is ${KINDS[kind]}`;
    throw new FlashwireError("malformed", detail, [], { cause: kind });
  }
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new FlashwireError("malformed", "This is not JSON: it is not UTF-8", [], { cause });
  }
}

/** The first name that stands twice in one object of a text which is known to be JSON. */
function repeatedName(text: string): { name: string; position: number } | undefined {
  const open: (Set<string> | undefined)[] = [];
  const mark = /["{}[\]]/g;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const [sign] = found;
    if (sign === "{") open.push(new Set());
    else if (sign === "[") open.push(undefined);
    else if (sign !== '"') open.pop();
    else {
      const end = endOfString(text, found.index);
      mark.lastIndex = end;
      const names = open.at(-1);
      if (names === undefined || !isName(text, end)) continue;
      const name: string = JSON.parse(text.slice(found.index, end));
      if (names.has(name)) return { name: JSON.stringify(name.slice(0, 100)), position: found.index };
      names.add(name);
    }
  }
  return undefined;
}

/** Behind the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    let escapes = 0;
    while (text[end - 1 - escapes] === "\\") escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
}

function isName(text: string, position: number): boolean {
  const colon = /[ \t\n\r]*:/y;
  colon.lastIndex = position;
  return colon.test(text);
}
