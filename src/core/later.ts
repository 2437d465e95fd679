import { compareInstants } from "./instant.ts";

/** The later of two instants as they are kept; the first one where they are equal. */
export function later(a: string, b: string): string {
  return compareInstants(a, b) < 0 ? b : a;
}

/** The earlier of two instants as they are kept; the first one where they are equal. */
export function earlier(a: string, b: string): string {
  return compareInstants(a, b) > 0 ? b : a;
}

/** The value, dated at this instant at the latest. */
export function notAfter<Dated extends { at: string }>(dated: Dated, latest: string): Dated {
  const at = earlier(dated.at, latest);
  return at === dated.at ? dated : { ...dated, at };
}
