import { AUDIT_FEEDS, AUDIT_RECORDS } from "../../src/upkeep/limits.ts";
import {
  alarmsLine,
  amount,
  DAYS,
  IDLE_SECONDS,
  type Line,
  lambda,
  OWN_METRICS,
  queues,
  secretLine,
  TICKS,
} from "./bill.ts";
import { million, PRICES } from "./prices.ts";

export type Newsroom = {
  /** Revisions a day. */
  revisions: number;
  /** Feeds that a story is in. */
  feedsOfStory: number;
  feeds: number;
  records: number;
  /** Windows that the records of one page of the audit touch. */
  windowsOfPage: number;
  /** Stories that a publisher reads again for each feed, because its memory does not hold them. */
  readAgain: [number, number];
  /** Seconds of a publish and of a page of the audit, where S3 answers after 30 ms and after 100 ms. */
  publishSeconds: [number, number];
  pageSeconds: [number, number];
};

/** Seconds of an ingest, measured like the others by tests/aws/durations.ts (docs/performance.md). */
const INGEST_SECONDS: [number, number] = [0.07, 0.2];

/** What the change log asks for a batch, for each changed story of it, and for one that shows its record already. */
export const REQUESTS_OF_LOG = {
  batch: { puts: 1, gets: 1 },
  story: { puts: 2, gets: 1 },
  same: { gets: 2 },
};

/** What a revision by itself asks S3 in a warm process; tests/docs/scale.test.ts counts it. */
export function requestsOfRevision(feeds: number) {
  const { batch, story } = REQUESTS_OF_LOG;
  return { puts: 1 + 5 * feeds + batch.puts + story.puts, gets: 3 + batch.gets + story.gets };
}

/** What the event asks that follows a flash, and finds its story published and told; counted there, too. */
export function requestsOfEvent(feeds: number) {
  const { batch, same } = REQUESTS_OF_LOG;
  return { puts: 0, gets: 2 + feeds + batch.gets + same.gets };
}

/** Entries that a feed shows: a cold process reads them all. */
const SHOWN = 50;

/** What a round of the audit asks S3: of each record also its mark. */
export function auditRound({ records, feeds, windowsOfPage }: Newsroom) {
  const pages = Math.ceil(records / AUDIT_RECORDS);
  return {
    pages,
    gets: 2 * records + pages * windowsOfPage + feeds * (5 + 1 + SHOWN),
    lists: pages + Math.ceil(feeds / AUDIT_FEEDS),
  };
}

/** Assumed: 3.5 KB of logs about a story, and 30 KB for each of 90 days of versions. */
const KB = { logsOfStory: 3.5, logsOfTick: 0.4, story: 30 };

export function newsroomBill(newsroom: Newsroom): Line[] {
  const { feedsOfStory, records, readAgain, publishSeconds, pageSeconds } = newsroom;
  const revisions = newsroom.revisions * DAYS;
  const { puts, gets } = requestsOfRevision(feedsOfStory);
  const { pages, gets: auditGets, lists } = auditRound(newsroom);
  const rounds = DAYS;
  const computing = ([ingest, publish, page]: [number, number, number]) =>
    lambda(
      revisions * (ingest + publish) + (rounds * pages * page + TICKS * IDLE_SECONDS) / 2,
      2 * revisions + TICKS,
    );
  const logs = (revisions * KB.logsOfStory + TICKS * KB.logsOfTick) / 1e6;
  const gb = (newsroom.revisions * 90 * KB.story) / 1e6;
  const again = readAgain.map((stories) => million("get", revisions * feedsOfStory * stories));
  const lines: Line[] = [
    {
      what: "S3, stories",
      how: `${amount(revisions)} × (${puts} PUT + ${gets} GET and HEAD), none batched`,
      dollars: million("put", revisions * puts) + million("get", revisions * gets),
    },
    {
      what: "S3, upkeep",
      how: `${amount(TICKS)} idle ticks; with ${amount(records)} records ${rounds} rounds × (${amount(auditGets)} GET and HEAD + ${amount(lists)} LIST)`,
      dollars: million("put", TICKS + rounds * lists) + million("get", rounds * auditGets),
    },
    {
      what: "Lambda",
      how: `ingest ${INGEST_SECONDS[0]} s and publish ${publishSeconds[0]} s at 1 GB, a page of the audit ${pageSeconds[0]} s at ½ GB; where S3 takes 100 ms ${INGEST_SECONDS[1]}, ${publishSeconds[1]} and ${pageSeconds[1]} s`,
      dollars: [
        computing([INGEST_SECONDS[0], publishSeconds[0], pageSeconds[0]]),
        computing([INGEST_SECONDS[1], publishSeconds[1], pageSeconds[1]]),
      ],
    },
    queues(revisions),
    {
      what: "API, and the CDN before it",
      how: `${amount(revisions)} requests`,
      dollars: million("api", revisions) + million("poll", revisions),
    },
    {
      what: "CloudWatch, metrics and logs",
      how: `${OWN_METRICS} metrics; ${Number(logs.toPrecision(2))} GB of logs (assumed: ${KB.logsOfStory} KB a story, ${KB.logsOfTick} KB a tick)`,
      dollars: OWN_METRICS * PRICES.metric.dollars + logs * PRICES.logs.dollars,
    },
    alarmsLine(),
    secretLine(),
    {
      what: "S3, storage",
      how: `90 days of versions (assumed: ${KB.story} KB each): ${amount(gb)} GB`,
      dollars: gb * PRICES.stored.dollars,
    },
  ];
  if (readAgain[1] === 0) return lines;
  const read: Line = {
    what: "S3, entries read again",
    how: `${readAgain[0]} to ${readAgain[1]} GET for each feed of a story, by the memory of the process`,
    dollars: again as [number, number],
  };
  return [...lines.slice(0, 1), read, ...lines.slice(1)];
}

export const DESK: Newsroom = {
  ...{ revisions: 3_000, feedsOfStory: 6, feeds: 60, records: 100_000, windowsOfPage: 60, readAgain: [0, 0] },
  ...{ publishSeconds: [0.15, 0.4], pageSeconds: [3, 9] },
};

export const AGENCY: Newsroom = {
  ...{ revisions: 40_000, feedsOfStory: 8, feeds: 2_000, records: 1_000_000, windowsOfPage: 600 },
  ...{ readAgain: [0, 50], publishSeconds: [0.2, 0.6], pageSeconds: [5, 15] },
};

/** An hour of a great story: what the newsroom sends, and how many of these are flashes. */
export const FLASH_HOUR = { revisions: 3_000, flashes: 300, feedsOfFlash: 7 };

/** What that hour asks of S3, in dollars. A flash is published within its request; the event after it finds it done. */
export function flashHour(): number {
  const { revisions, flashes, feedsOfFlash } = FLASH_HOUR;
  const one = requestsOfRevision(DESK.feedsOfStory);
  const flash = requestsOfRevision(feedsOfFlash);
  const puts = (revisions - flashes) * one.puts + flashes * flash.puts;
  const gets = (revisions - flashes) * one.gets + flashes * (flash.gets + requestsOfEvent(feedsOfFlash).gets);
  return million("put", puts) + million("get", gets);
}
