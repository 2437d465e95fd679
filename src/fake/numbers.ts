import { FlashwireError } from "../core/errors.ts";

/** A whole number in this range. Throws `invalid`. */
export function wholeNumber(text: string, name: string, min: number, max: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new FlashwireError("invalid", `${name} must be a whole number from ${min} to ${max}.`);
}
