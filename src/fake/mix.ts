import { FlashwireError } from "../core/errors.ts";

/**
 * How a fake wire answers wrongly. `busy`: 429 with Retry-After. `error`: 500, 502, 503 or 504, as a proxy words it. `slow`: the
 * right answer, late. `late`: an older copy of the document, as a cache gives it. `torn`: the first half of the document.
 * `cut`: the connection ends in the middle of it. `missing`: 404 for a story that is there.
 */
export const FAULTS = ["busy", "error", "slow", "late", "torn", "cut", "missing"] as const;
export type Fault = (typeof FAULTS)[number];

/** The share of requests that meet each fault, 0 to 1; of one that is not named, none. The sum is at most 1. */
export type Mix = Partial<Record<Fault, number>>;

const evenly = (rate: number): Mix => Object.fromEntries(FAULTS.map((fault) => [fault, rate]));

const MIXES: Record<string, Mix> = { none: {}, some: evenly(0.02), many: evenly(0.06) };

/** The share of a fault that is named without one. */
const NAMED_RATE = 0.1;

/** Reads `none`, `some`, `many`, or names with or without a share: `late,torn=0.5`. Throws `invalid`. */
export function parseMix(text: string): Mix {
  const known = Object.hasOwn(MIXES, text) ? MIXES[text] : undefined;
  if (known !== undefined) return known;
  const mix: Mix = Object.fromEntries(text.split(",").map(parseShare));
  if (Object.values(mix).reduce((sum, rate) => sum + rate, 0) > 1)
    throw new FlashwireError("invalid", `The faults ${text} would meet more than all requests.`);
  return mix;
}

function parseShare(part: string): [Fault, number] {
  const [name = "", share] = part.trim().split("=", 2);
  const fault = FAULTS.find((one) => one === name);
  const rate = share === undefined ? NAMED_RATE : share === "" ? Number.NaN : Number(share);
  if (fault === undefined || !(rate >= 0 && rate <= 1)) throw new FlashwireError("invalid", wrongMix(part));
  return [fault, rate];
}

const wrongMix = (part: string) =>
  `${JSON.stringify(part)} is no fault. Write none, some, many, or names of ${FAULTS.join(", ")}, ` +
  "each with a share from 0 to 1 if you like: late,torn=0.5.";
