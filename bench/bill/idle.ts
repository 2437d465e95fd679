import { METRICS, type MetricName } from "../../src/aws/telemetry.ts";
import { lookAsReader, readersOf, runTick, upkeepOf } from "../../src/aws/tick-handler.ts";
import { MINUTE_MS } from "../../src/core/limits.ts";
import { createServices } from "../../src/services.ts";
import { type Count, countingStore } from "../../tests/support/counting-store.ts";
import { memoryWire } from "../../tests/support/wire.ts";
import { benchSite } from "../site.ts";
import {
  alarmMetrics,
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

/** What a stage with the default feeds and no story does in a day. */
export type IdleDay = {
  ticks: number;
  /** PUT and LIST, GET and HEAD of both buckets. */
  puts: number;
  gets: number;
  /** Documents that were asked for at the public address. */
  asked: number;
  /** Metrics that were sent, and how many lines they are in. */
  metrics: MetricName[];
  lines: number;
};

/** Runs the ticks of a day, minute by minute, against stores that count. The day before it has started the wire. */
export async function idleDay(): Promise<IdleDay> {
  const wire = memoryWire(benchSite());
  const [newsroom, published] = [countingStore(wire.newsroom), countingStore(wire.published)];
  const services = createServices({
    ...wire.services,
    stores: { newsroom: newsroom.store, published: published.store },
  });
  const day: IdleDay = { ticks: 0, puts: 0, gets: 0, asked: 0, metrics: [], lines: 0 };
  const count = (name: MetricName) => {
    if (METRICS[name] !== "always") return;
    day.lines++;
    if (!day.metrics.includes(name)) day.metrics.push(name);
  };
  const watched = { services, watch: { count } };
  const upkeep = upkeepOf(watched);
  const readers = readersOf(watched, async (url) => {
    day.asked++;
    const head = await wire.published.head(new URL(url).pathname.slice(1));
    return { status: 200, modified: head?.modified, isEmpty: false };
  });
  const run = async () => {
    for (let minute = 0; minute < 1_440; minute++) {
      wire.clock.now += MINUTE_MS;
      await runTick(watched, upkeep, { getRemainingTimeInMillis: () => 55_000 });
      await lookAsReader(watched, readers);
      day.ticks++;
    }
  };
  await run();
  Object.assign(day, { ticks: 0, asked: 0, metrics: [], lines: 0 });
  for (const one of [newsroom, published]) one.reset();
  await run();
  const sum = (...methods: (keyof Count)[]) =>
    [newsroom, published]
      .flatMap(({ counts }) => methods.flatMap((method) => Object.values(counts[method])))
      .reduce((all, one) => all + one, 0);
  return { ...day, puts: sum("put", "list"), gets: sum("get", "head") };
}

/** Assumed: an idle tick takes 0.1 s of half a GB, and a look 0.3 s more; Lambda writes 0.4 KB about each call. */
export const IDLE = { tickSeconds: IDLE_SECONDS, lookSeconds: 0.3, gb: 0.5, kbOfCall: 0.4, kbOfMetrics: 0.4 };

export function idleBill(day: IdleDay): Line[] {
  const looks = day.lines * DAYS;
  const asked = day.asked * DAYS;
  const seconds = TICKS * IDLE.tickSeconds + looks * IDLE.lookSeconds;
  const gb = (TICKS * IDLE.kbOfCall + looks * IDLE.kbOfMetrics) / 1e6;
  return [
    {
      what: "S3",
      how: `${amount(day.ticks)} ticks a day make ${amount(day.puts)} LIST and PUT and ${amount(day.gets)} HEAD and GET; the edge asks S3 once for each of ${amount(asked)} documents`,
      dollars: million("put", day.puts * DAYS) + million("get", day.gets * DAYS + asked),
    },
    {
      what: "Lambda",
      how: `${amount(TICKS)} ticks of ${IDLE.tickSeconds} s, ${amount(looks)} looks of ${IDLE.lookSeconds} s more (assumed), ½ GB`,
      dollars: lambda(seconds * IDLE.gb, TICKS),
    },
    queues(0),
    {
      what: "CloudFront",
      how: `${amount(asked)} documents that upkeep asks for as a reader does`,
      dollars: million("poll", asked),
    },
    {
      what: "CloudWatch, metrics",
      how: `${day.metrics.map((name) => `\`${name}\``).join(", ")}`,
      dollars: day.metrics.length * PRICES.metric.dollars,
    },
    alarmsLine(),
    secretLine(),
    {
      what: "CloudWatch, logs",
      how: `${amount(gb * 1e3)} MB (assumed: ${IDLE.kbOfCall} KB about a call, ${IDLE.kbOfMetrics} KB about metrics)`,
      dollars: gb * PRICES.logs.dollars,
    },
  ];
}

/** What a stage pays more a month, with any load, by the setting that asks for it. */
export function switches(): string[][] {
  const more = alarmMetrics(true) - alarmMetrics(false);
  const others = DETAILED_PAIRS * PRICES.metric.dollars + more * PRICES.alarm.dollars;
  return [
    [
      "all five usual metrics, in a month with stories (one of them stands above)",
      (OWN_METRICS * PRICES.metric.dollars).toFixed(2),
    ],
    [
      `\`detailedMetrics: true\`: ${DETAILED_PAIRS} metrics more at the least, ${more} alarms more`,
      others.toFixed(2),
    ],
    ["`dashboard: true`", PRICES.dashboard.dollars.toFixed(2)],
    ...[60, 10].map((every) => [
      `a source with \`every: ${every}\`, where nothing changes (assumed: ${followSeconds(every)} s of ½ GB a minute), with its metric and alarm`,
      sourceDollars(every).toFixed(2),
    ]),
  ];
}

/** The function is called each minute, and waits for the next look where it comes before the next call. */
const followSeconds = (every: number) => (every < 58 ? 58 : 1);

/** A look at a source reads its state, what it knows and its password, and writes the state; each call reads the state once more. */
function sourceDollars(every: number): number {
  const looks = (DAYS * 86_400) / every;
  const requests = million("put", looks) + million("get", looks * 3 + TICKS);
  const watched = PRICES.metric.dollars + PRICES.alarm.dollars;
  return requests + lambda(TICKS * followSeconds(every) * IDLE.gb, TICKS) + watched;
}

/** `Ticks`, `FeedsFilled`; `DocumentsWritten`, `DocumentsChecked`, `QueueAge`; `Conflicts` of four functions; `Refused`. */
const DETAILED_PAIRS = 10;
