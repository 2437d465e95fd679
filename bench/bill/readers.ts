import { amount, DAYS, type Line, money } from "./bill.ts";
import { dataCost, million, PRICES, planFor } from "./prices.ts";

export type Readers = {
  polls: number;
  /** Feeds that readers poll everywhere. */
  feeds: number;
};

/**
 * Assumed: of ten polls seven are answered 304, with 0.5 KB, and the others with 100 KB, which are 50 stories of 5 KB compressed;
 * of three polls one is of RSS, which runs no function at the edge; the edge has 13 regional caches.
 */
const ASSUMED = { unchanged: 0.7, kbUnchanged: 0.5, kb: 100, callsOfPoll: 2 / 3, caches: 13, kbOfLog: 0.1 };

/** How much larger a document of 50 stories is that is not compressed: tests/aws/edge.check.ts measures it. */
const UNCOMPRESSED = 3.2;

const SECONDS = DAYS * 86_400;

/** Requests and TB that readers get in a month. */
export function traffic({ polls }: Readers, kb = ASSUMED.kb) {
  const requests = polls * DAYS;
  const kbs = requests * (ASSUMED.unchanged * ASSUMED.kbUnchanged + (1 - ASSUMED.unchanged) * kb);
  return { requests, tb: kbs / 1e9, aSecond: requests / SECONDS, gigabits: (kbs * 8_000) / 1e9 / SECONDS };
}

/** What the edge asks S3 in a month at the most: each document, in gzip and br, from each regional cache, every 30 s. */
export const originASecond = ({ feeds }: Readers) => (feeds * 3 * 2 * ASSUMED.caches) / 30;

export function readersBill(readers: Readers): Line[] {
  const { requests, tb } = traffic(readers);
  const gets = originASecond(readers) * SECONDS;
  const logs = (requests * ASSUMED.kbOfLog) / 1e6;
  return [
    { what: "requests", how: `${amount(requests)}`, dollars: million("poll", requests) },
    { what: "data", how: `${amount(tb)} TB`, dollars: dataCost(tb) },
    {
      what: "function at the edge",
      how: `two of three polls, for the media types of Atom and JSON Feed`,
      dollars: million("edgeCall", requests * ASSUMED.callsOfPoll),
    },
    {
      what: "S3, origin",
      how: `at most a GET for each document, encoding and regional cache every 30 s: ${readers.feeds} × 3 × 2 × ${ASSUMED.caches} × ${amount(SECONDS / 30)} = ${amount(gets)}`,
      dollars: million("get", gets),
    },
    {
      what: "access logs, where the stage asks for them",
      how: `${amount(logs)} GB for 30 days`,
      dollars: logs * PRICES.stored.dollars,
    },
  ];
}

/** What the data would cost if the edge compressed RSS alone, whose stored media type CloudFront knows as it is. */
export function onlyRssCompressed(readers: Readers): number {
  const { callsOfPoll: others, kb } = ASSUMED;
  return dataCost(traffic(readers, kb * (1 - others + others * UNCOMPRESSED)).tb);
}

/** A sentence about the smallest plan that holds these readers. */
export function planSentence(readers: Readers): string {
  const { requests, tb } = traffic(readers);
  const plan = planFor(requests, tb);
  if (plan === undefined) return "No plan holds that; AWS sells more by contract.";
  const lines = readersBill(readers).slice(0, 3);
  const now = lines.reduce((sum, { dollars }) => sum + (dollars as number), 0);
  return `The smallest plan that holds it is ${plan.name} with ${amount(plan.requests)} requests and ${amount(plan.tb)} TB: $${money(plan.dollars)} in place of $${money(now)}.`;
}

export const MANY: Readers = { polls: 100e6, feeds: 60 };
export const HUGE: Readers = { polls: 10e9, feeds: 60 };
