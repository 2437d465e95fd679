import { MAX_HOST } from "./limits.ts";

/** What a URL parser passes over before it begins to read. */
const PASSED_OVER = /[\t\n\r]|^[\0-\x20]+/g;

/** The part before the path of an address with a host; the first part of the path of an address without. */
const LONG_HOST = new RegExp(`^(?:[a-z][a-z0-9+.-]*:)?[\\\\/]*[^\\\\/?#]{${MAX_HOST + 1}}`, "i");

/** The address as a browser understands it; null for an invalid address, and for a host that is longer than any host can be. */
export function parseUrl(address: string, base?: string): URL | null {
  if (address.length > MAX_HOST && LONG_HOST.test(address.replace(PASSED_OVER, ""))) return null;
  return URL.parse(address, base);
}
