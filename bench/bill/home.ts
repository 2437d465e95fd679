import { runTick, upkeepOf } from "../../src/aws/tick-handler.ts";
import { MINUTE_MS, NEWS } from "../../src/core/limits.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { putNews, readNews } from "../../src/repository/news.ts";
import { createServices, type Services } from "../../src/services.ts";
import { decorate } from "../../src/store/decorate.ts";
import type { Store } from "../../src/store/port.ts";
import { type Count, countingStore } from "../../tests/support/counting-store.ts";
import { incoming, memoryWire } from "../../tests/support/wire.ts";
import { benchSite } from "../site.ts";
import { amount, DAYS, money, TICKS, table } from "./bill.ts";
import { million } from "./prices.ts";

/** What the ticks of some minutes ask of S3 where stories come evenly. `bytes`: of the bodies of all PUT. */
export type HomeTicks = { storiesADay: number; ticks: number; puts: number; gets: number; bytes: number };

/** Newsrooms that the page names, in stories a day. */
export const STORIES_A_DAY = [1_000, 10_000];

/** Minutes that are counted for each newsroom: in so many come 9 stories of 1,000 a day, nearly without a rest. */
const MINUTES = 13;
/** Articles that are published in one batch. */
const BATCH = 60;
/** As names of families: stories stand in as many feeds by section. */
const SECTIONS = 20;

/**
 * Counts the ticks of some minutes on a wire whose sitemap for news is full, as in a newsroom of 500 stories a day or more. Only the
 * ticks are counted, in a process of their own, as on AWS.
 */
export async function homeTicks(): Promise<HomeTicks[]> {
  const wire = memoryWire(benchSite());
  const written = { bytes: 0 };
  const [newsroom, published] = [wire.newsroom, wire.published].map((store) =>
    countingStore(weighed(store, written)),
  ) as [ReturnType<typeof countingStore>, ReturnType<typeof countingStore>];
  const stores = { newsroom: newsroom.store, published: published.store };
  const watched = { services: createServices({ ...wire.services, stores }), watch: { count: () => {} } };
  const upkeep = upkeepOf(watched);
  const tick = async () => {
    wire.clock.now += MINUTE_MS;
    await runTick(watched, upkeep, { getRemainingTimeInMillis: () => 55_000 });
  };
  let sent = await send(wire.services, 0, BATCH, wire.clock.now);
  for (let i = 0; i < MINUTES; i++) await tick();
  await fillNews(wire.services);
  const counted: HomeTicks[] = [];
  for (const storiesADay of STORIES_A_DAY) {
    for (const one of [newsroom, published]) one.reset();
    written.bytes = 0;
    const before = sent;
    for (let minute = 1; minute <= MINUTES; minute++) {
      const to = before + Math.floor((minute * storiesADay) / 1_440);
      sent = await send(wire.services, sent, to, wire.clock.now);
      await tick();
    }
    const sum = (...methods: (keyof Count)[]) =>
      [newsroom, published]
        .flatMap(({ counts }) => methods.flatMap((method) => Object.values(counts[method])))
        .reduce((all, one) => all + one, 0);
    const { bytes } = written;
    counted.push({ storiesADay, ticks: MINUTES, puts: sum("put", "list"), gets: sum("get", "head"), bytes });
  }
  return counted;
}

/** Makes the list of the last days' stories as long as it may be, of stories like those that it has. */
async function fillNews({ stores }: Services): Promise<void> {
  const { news, found } = await readNews({ stores });
  const [first] = news.items;
  if (first === undefined) throw new Error("The sitemap for news has no story.");
  const items = Array.from({ length: NEWS.stories }, (_, i) => ({ ...first, id: `earlier-${i}` }));
  await putNews({ stores }, { ...news, items }, found);
}

/** Takes the stories `from` to below `to` in and publishes them. Answers `to`. `now`: milliseconds since 1970. */
async function send(services: Services, from: number, to: number, now: number): Promise<number> {
  const published = new Date(now).toISOString();
  for (let first = from; first < to; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, to - first) }, (_, i) => first + i);
    for (const n of numbers)
      await ingest(
        services,
        incoming(n, { section: `Section ${n % SECTIONS}`, published, updated: published }),
      );
    await services.publisher.publish(numbers.map((n) => `story-${n}`));
  }
  return to;
}

function weighed(store: Store, written: { bytes: number }): Store {
  return decorate(store, () => ({
    put: (key, body, options) => {
      written.bytes += body.length;
      return store.put(key, body, options);
    },
  }));
}

/** What the ticks of a month ask more than those of an idle stage, which make one LIST and one HEAD each. */
export function homeTable(counted: HomeTicks[]): string {
  const rows = counted.map(({ storiesADay, ticks, puts, gets, bytes }) => {
    const month = TICKS / ticks;
    const [morePuts, moreGets] = [(puts - ticks) * month, (gets - ticks) * month];
    return [
      `${amount(storiesADay)} (${Math.floor((storiesADay * ticks) / 1_440)} in ${ticks} ticks)`,
      `${((puts - ticks) / ticks).toFixed(1)}`,
      `${((gets - ticks) / ticks).toFixed(1)}`,
      `${amount(bytes / ticks / 1e3)} KB`,
      `${amount(((bytes / ticks) * TICKS) / 1e9 / DAYS)} GB`,
      money(million("put", morePuts) + million("get", moreGets)),
    ];
  });
  const head = ["stories a day", "PUT", "GET and HEAD", "written", "written a day", "$ a month"];
  return table(head, rows);
}
