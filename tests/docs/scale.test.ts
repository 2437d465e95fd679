import { beforeAll, describe, expect, test } from "vitest";
import { alarmMetrics, amount, money, OWN_METRICS } from "../../bench/bill/bill.ts";
import { type HomeTicks, homeTicks } from "../../bench/bill/home.ts";
import { type IdleDay, idleDay } from "../../bench/bill/idle.ts";
import { requestsOfEvent, requestsOfRevision } from "../../bench/bill/newsrooms.ts";
import { fill } from "../../bench/bill/pages.ts";
import { dataCost, planFor } from "../../bench/bill/prices.ts";
import { computed, idleDollars } from "../../bench/bill/tables.ts";
import { benchSite } from "../../bench/site.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { type Count, countingStore } from "../support/counting-store.ts";
import { incoming, memoryWire } from "../support/wire.ts";
import { read } from "./support.ts";

/** What a stage may cost that nobody writes to or reads, dollars a month. */
const MAX_IDLE = 5;

let day: IdleDay;
let home: HomeTicks[];

beforeAll(async () => {
  day = await idleDay();
  home = await homeTicks();
});

describe("docs/scale.md", () => {
  test("when the bill is computed again, the page says the same; if not, `npm run bill` writes it", () => {
    const page = read("docs/scale.md");
    expect(fill(page, computed(day, home))).toBe(page);
  });

  test("when the page has no place for a part, or a place has no part, it is an error", () => {
    expect(() => fill("text", { idle: "x" })).toThrow("no place for idle");
    expect(() => fill("<!-- bill: other -->\n<!-- end -->", {})).toThrow("place other");
  });
});

describe("an idle stage", () => {
  test("when nothing is due, each tick is one LIST and one HEAD, and each look four HEAD and a GET", () => {
    expect(day).toMatchObject({ ticks: 1_440, asked: 4 * 288, lines: 288, metrics: ["ReaderFaults"] });
    // A note of the looks once in an hour; the rest is one round of the audit.
    expect(day.puts - day.ticks - 24).toBeLessThan(10);
    expect(day.gets - day.ticks - 5 * 288).toBeLessThan(30);
  });

  test("when the month is over, it costs less than $5, also with all its usual metrics", () => {
    const others = (OWN_METRICS - day.metrics.length) * 0.3;
    expect(idleDollars(day) + others).toBeLessThan(MAX_IDLE);
    expect(read("CHANGELOG.md")).toContain(`An idle stage costs $${money(idleDollars(day))} a month`);
  });

  test("when an alarm computes with metrics, each of them is counted", () => {
    expect(alarmMetrics(false)).toBe(14);
  });
});

test("when stories come, a tick writes the list, the sitemap and the page at the root, and reads each story once or with its window", () => {
  for (const { storiesADay, ticks, puts, gets } of home) {
    const stories = Math.floor((storiesADay * ticks) / 1_440);
    const writing = Math.min(stories, ticks);
    expect(puts).toBe(ticks + 3 * writing);
    expect(gets - ticks).toBeLessThanOrEqual(8 * writing + 3 * stories);
  }
});

describe("the numbers that the bill begins with", () => {
  test("when a story is taken in and published by itself, it makes the requests that the bill counts, and so does the event after it", async () => {
    const wire = memoryWire(benchSite());
    const stores = [countingStore(wire.newsroom), countingStore(wire.published)] as const;
    const services = createServices({
      ...wire.services,
      stores: { newsroom: stores[0].store, published: stores[1].store },
    });
    await services.publisher.startFeeds();
    const fields = { language: "en", section: "World", tags: [{ name: "A" }, { name: "B" }, { name: "C" }] };
    const send = async (revision: number) => {
      await ingest(services, incoming(1, { ...fields, revision, headline: `Revision ${revision}` }));
      await services.publisher.publish(["story-1"]);
    };
    await send(1);
    for (const one of stores) one.reset();
    await send(2);
    const sum = (...methods: (keyof Count)[]) =>
      stores
        .flatMap(({ counts }) => methods.flatMap((method) => Object.values(counts[method])))
        .reduce((all, one) => all + one, 0);
    const counted = () => ({ puts: sum("put", "list"), gets: sum("get", "head") });
    expect(counted()).toEqual(requestsOfRevision(6));
    for (const one of stores) one.reset();
    await services.publisher.publish(["story-1"]);
    expect(counted()).toEqual(requestsOfEvent(6));
  });

  test("when data costs less by the step, each step has its own price", () => {
    expect(dataCost(10)).toBeCloseTo(850);
    expect(dataCost(91)).toBeCloseTo(850 + 3_200 + 2_460);
    expect(dataCost(9_100)).toBeCloseTo(850 + 3_200 + 6_000 + 14_000 + 15_720 + 102_400 + 3_980 * 20);
  });

  test("when a plan is looked for, it holds requests and data; where none does, there is none", () => {
    expect(planFor(3e9, 91)).toMatchObject({ dollars: 6_000 });
    expect(planFor(1e6, 0.2)).toMatchObject({ name: "Pro" });
    expect(planFor(7e9, 1)).toBeUndefined();
  });

  test("when people read a sum, it has three digits at the most", () => {
    expect([2.579, 27.44, 517.3, 10_580, [19.2, 20.4]].map((sum) => money(sum as number))).toEqual([
      "2.58",
      "27",
      "517",
      "10,600",
      "19–20",
    ]);
    expect([864, 43_200, 1_296_000, 3e9].map(amount)).toEqual(["864", "43,200", "1.3 M", "3,000 M"]);
  });
});
