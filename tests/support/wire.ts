import type { SQSEvent } from "aws-lambda";
import type { Incoming } from "../../src/core/article.ts";
import { DAY_MS } from "../../src/core/limits.ts";
import type { Site } from "../../src/core/site.ts";
import { setMark } from "../../src/repository/rollout.ts";
import { createServices, type Services } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { fingerprintOf } from "../../src/upkeep/fingerprint.ts";
import { SITE } from "../simulation/site.ts";

export type MemoryWire = {
  services: Services;
  newsroom: MemoryStore;
  published: MemoryStore;
  /** Moves with the test; milliseconds since 1970. */
  clock: { now: number };
  logs: { event: string; details?: Record<string, unknown> }[];
  metrics: Record<string, number>;
  watch: {
    log: Services["log"];
    count(name: string, count?: number): void;
    time(name: string, ms: number): void;
  };
};

/**
 * The services on stores in memory, with a clock that the test sets. The site shows two entries in each feed. `storeClock`:
 * the stores have the right time by a clock of their own, as S3 has: a move of years is one of the wire's clock alone.
 */
export function memoryWire(site: Site = SITE, { storeClock = false } = {}): MemoryWire {
  const start = Date.parse("2026-06-01T12:00:00Z");
  const clock = { now: start };
  const logs: MemoryWire["logs"] = [];
  const metrics: MemoryWire["metrics"] = {};
  const isWrong = () => Math.abs(clock.now - start) > 365 * DAY_MS;
  const storeNow = () => (storeClock && isWrong() ? start : clock.now);
  const [newsroom, published] = [new MemoryStore(storeNow), new MemoryStore(storeNow)];
  const log: Services["log"] = (event, details) => logs.push({ event, ...(details && { details }) });
  const add = (name: string, value = 1) => {
    metrics[name] = (metrics[name] ?? 0) + value;
  };
  const services: Services = {
    ...createServices({
      site,
      stores: { newsroom, published },
      log,
      now: () => clock.now,
      sleep: async () => {},
    }),
  };
  // The wire has no documents yet, so all of them are of this site file. A put into memory is done when the call returns.
  void setMark(services, fingerprintOf(services.site));
  return { services, newsroom, published, clock, logs, metrics, watch: { log, count: add, time: add } };
}

export function incoming(n: number, fields: Partial<Incoming> = {}): Incoming {
  return {
    id: `story-${n}`,
    url: `https://news.example.org/${n}`,
    headline: `Story ${n}`,
    section: "World",
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    updated: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    status: "published",
    ...fields,
  } as Incoming;
}

export function s3Body(...keys: string[]): string {
  const Records = keys.map((key) => ({
    eventTime: "2026-06-01T11:59:59.000Z",
    eventName: "ObjectCreated:Put",
    s3: { bucket: { name: "newsroom" }, object: { key, eTag: "0123456789abcdef0123456789abcdef" } },
  }));
  return JSON.stringify({ Records });
}

export function sqsEvent(...bodies: string[]): SQSEvent {
  return {
    Records: bodies.map((body, i) => ({
      messageId: `m${i}`,
      receiptHandle: "r",
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(Date.parse("2026-06-01T11:59:59.500Z")),
        SenderId: "s",
        ApproximateFirstReceiveTimestamp: "0",
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:publish",
      awsRegion: "eu-central-1",
    })),
  };
}

export async function textOf(store: MemoryStore, key: string): Promise<string> {
  return Buffer.from((await store.get(key))?.body ?? []).toString();
}
