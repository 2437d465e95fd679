/*
 * What stands in JSON of somebody else. Members may be missing and of any type.
 */

export type Members = Record<string, unknown>;

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const objectOf = (value: unknown): Members => (isObject(value) ? value : {});

/** A text that says something. */
export const textIn = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

export const numberIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

export const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
