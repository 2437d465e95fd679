import { lookup } from "mrmime";
import { parseUrl } from "../core/address.ts";

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:/i;
/** A path as HTML writes it. */
const IS_PATH = /^(?:[/?#]|\.\.?\/)/;

/**
 * An address as the page at `base` would understand it; the text itself where it is not certainly relative:
 * `example.org/a` may have lost its scheme.
 */
export function resolved(text: string, base: unknown): string {
  const address = text.trim();
  if (typeof base !== "string" || HAS_SCHEME.test(address) || /\s/.test(address)) return address;
  const [first = "", ...rest] = address.split("/");
  const isPath = IS_PATH.test(address) || (rest.length > 0 && !first.includes("."));
  const isFile = rest.length === 0 && /^(?:image|audio|video)\//.test(mediaTypeOf(address) ?? "");
  return isPath || isFile ? (parseUrl(address, base.trim())?.href ?? address) : address;
}

/** Media type by the name of the file that an address names. */
export function mediaTypeOf(address: string): string | undefined {
  const [path = ""] = address.split(/[?#]/, 1);
  const file = path.slice(path.lastIndexOf("/") + 1);
  return file.includes(".") ? lookup(file) : undefined;
}
