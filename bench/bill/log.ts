import { SNAPSHOT_STORIES } from "../../src/upkeep/limits.ts";
import { amount, money, table } from "./bill.ts";
import { REQUESTS_OF_LOG } from "./newsrooms.ts";
import { million } from "./prices.ts";

type Requests = { puts: number; gets: number };

/** LISTs of one walk of so many keys: S3 gives 1,000 at a time. */
const listsOf = (keys: number) => Math.ceil(keys / 1_000);

/**
 * What the snapshot of an epoch asks of S3, and the marks after it; tests/upkeep/log-requests.test.ts counts all that is said here.
 * `marked`: how many stories have a mark that says what the snapshot says.
 */
function snapshotOf(stories: number, marked: number): Requests {
  const pages = Math.ceil(stories / SNAPSHOT_STORIES);
  // Each page is listed by itself, and after the last one there is none.
  return { puts: pages + pages + 1 + (stories - marked), gets: stories + pages + stories };
}

/** The first log of a wire: each record is read, its story looked for and written; then the snapshot, and a mark for each. */
export function firstLog(records: number): Requests {
  const { puts, gets } = snapshotOf(records, 0);
  return { puts: puts + records + listsOf(records), gets: gets + 2 * records };
}

/** A new epoch: each record and its story are read, and as many stories written as the site file makes otherwise. */
export function newEpoch(records: number, rewritten: number): Requests {
  const { puts, gets } = snapshotOf(records, records - rewritten);
  return { puts: puts + rewritten + listsOf(records), gets: gets + 2 * records };
}

/** What the log asks more for a batch of so many changed stories, without closed pages. */
export function batchOf(stories: number): Requests {
  const { batch, story } = REQUESTS_OF_LOG;
  return { puts: batch.puts + stories * story.puts, gets: batch.gets + stories * story.gets };
}

const MILLION = 1e6;

/** Assumed: S3 answers after 30 ms, and 16 requests run at once. */
const SECONDS_OF_REQUEST = 0.03 / 16;

export function logTable(): string {
  const row = (what: string, { puts, gets }: Requests, hasTime = true) => [
    what,
    amount(puts),
    amount(gets),
    money(million("put", puts) + million("get", gets)),
    hasTime ? `${(((puts + gets) * SECONDS_OF_REQUEST) / 3_600).toFixed(1)} h` : "",
  ];
  return table(
    ["the change log", "PUT, LIST", "GET", "$", "takes"],
    [
      row("the first log of a wire with a million records", firstLog(MILLION)),
      row("a new epoch of it, when no story changes", newEpoch(MILLION, 0)),
      row("a new epoch of it, when every tenth story changes", newEpoch(MILLION, MILLION / 10)),
      row(
        "a million changes in batches of 100, without documents",
        {
          puts: batchOf(100).puts * (MILLION / 100) + MILLION / 256,
          gets: batchOf(100).gets * (MILLION / 100),
        },
        false,
      ),
    ],
  );
}
