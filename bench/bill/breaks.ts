import { money, sumOf, table } from "./bill.ts";
import { AGENCY } from "./newsrooms.ts";
import { MANY, originASecond, readersBill, traffic } from "./readers.ts";

/** Noon is five times the average of newsrooms, a great story ten times that of readers. */
const PEAK = { stories: 5, readers: 10 };

/** What one publisher does in a batch of 100 stories into 380 of 2,000 feeds; docs/performance.md has the measurement. */
const BATCH = { stories: 100, puts: 1_530, seconds: 4 };

/** Records of the audit in a minute, and seconds of an ingest where S3 answers after 100 ms. */
const AUDIT_A_MINUTE = 2_000;
const SLOW_INGEST_SECONDS = 0.2;

type Row = { what: string; at: (times: number) => number; most: number; mostText: string; help: string };

const noon = (times: number) => ((AGENCY.revisions * times) / 86_400) * PEAK.stories;
const readers = (times: number) => ({ ...MANY, polls: MANY.polls * times });

const ROWS: Row[] = [
  {
    what: "polls a second in a great hour",
    at: (times) => traffic(readers(times)).aSecond * PEAK.readers,
    most: 250_000,
    mostText: "250,000 for a distribution",
    help: "A higher quota, asked for weeks before; then a distribution and domain for each group of partners.",
  },
  {
    what: "Gbit a second of documents, then",
    at: (times) => traffic(readers(times)).gigabits * PEAK.readers,
    most: 150,
    mostText: "150 for a distribution",
    help: "The same; `size: 20` sends 40 % of the bytes.",
  },
  {
    what: "stories a second at noon",
    at: noon,
    most: BATCH.stories / BATCH.seconds,
    mostText: "25 by one publisher",
    help: "A longer `aws.batchSeconds`; no feed `all` where nobody reads it; fewer tags with feeds of their own; then a wire for each desk or language.",
  },
  {
    what: "PUT a second below one prefix, in batches",
    at: (times) => noon(times) * (BATCH.puts / BATCH.stories),
    most: 3_500,
    mostText: "3,500 until S3 splits the prefix",
    help: "S3 splits a prefix under lasting load and answers 503 until then; the queue tries again.",
  },
  {
    what: "GET a second of the edge below `feeds/`",
    at: () => originASecond({ ...MANY, feeds: AGENCY.feeds }),
    most: 5_500,
    mostText: "5,500 until S3 splits the prefix",
    help: "It grows with feeds, not with readers: Origin Shield (one regional cache asks, not 13), or a longer `max-age`.",
  },
  {
    what: "requests a second to the API",
    at: noon,
    most: 2_500,
    mostText: "2,500 in the smaller regions",
    help: "Many stories in one `POST /articles`.",
  },
  {
    what: "calls of `ingest` at once",
    at: (times) => noon(times) * SLOW_INGEST_SECONDS,
    most: 10,
    mostText: "10 in a new account, 1,000 in others",
    help: "A quota increase, which new accounts get on demand.",
  },
  {
    what: "hours of a round of the audit",
    at: (times) => (AGENCY.records * times) / AUDIT_A_MINUTE / 60,
    most: 24,
    mostText: "24, with `auditDays: 1`",
    help: "`auditDays: 7` for 10 million records. A hundred million take five weeks: `auditDays: 31` is the most, and rounds follow each other.",
  },
];

/** What grows with ten and a hundred times the stories, records and readers; bold where it is more than AWS or the wire takes. */
export function breaksTable(): string {
  const cell = ({ at, most }: Row, times: number) => {
    const value = at(times);
    const text = Number(value.toPrecision(2)).toLocaleString("en-US");
    return value > most ? `**${text}**` : text;
  };
  const rows = ROWS.map((row) => [
    row.what,
    ...[1, 10, 100].map((times) => cell(row, times)),
    row.mostText,
    row.help,
  ]);
  const dollars = (times: number) => money(sumOf(readersBill(readers(times)).slice(0, 4)));
  const bill = [
    "$ a month for readers",
    dollars(1),
    dollars(10),
    dollars(100),
    "",
    "A plan, a contract, `size`, `ttl`.",
  ];
  return table(["", "now", "10 ×", "100 ×", "at most", "what helps"], [...rows, bill]);
}
