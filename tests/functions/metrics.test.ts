import { createServer } from "node:http";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { alarms } from "../../infra/alarms.ts";
import { dashboard } from "../../infra/dashboard.ts";
import { followSources } from "../../src/aws/follow-handler.ts";
import { publishBatch } from "../../src/aws/publish-handler.ts";
import { counted, createWatch, METRICS } from "../../src/aws/telemetry.ts";
import { askWith, lookAsReader, readersOf, runTick, upkeepOf } from "../../src/aws/tick-handler.ts";
import { createFetch } from "../../src/fetch/fetch.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { createServices } from "../../src/services.ts";
import { LOOK_EVERY_MS } from "../../src/upkeep/limits.ts";
import { incoming, memoryWire, s3Body, sqsEvent } from "../support/wire.ts";

/** AWS bills each metric of each function: the bill of docs/scale.md has no more by default. */
const MAX_OWN = 6;

afterEach(() => vi.unstubAllEnvs());

type Emf = Record<string, unknown> & {
  _aws: { CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[] };
};

/** The metrics that each function sends while it does everything it can, as `service/name`. */
async function metricsSent(isDetailed: boolean): Promise<string[]> {
  vi.stubEnv("POWERTOOLS_METRICS_NAMESPACE", "Flashwire/dev");
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => written.mockRestore());
  const wire = memoryWire();
  const watchOf = (service: string) => createWatch(service, { isDetailed });
  for (const service of ["ingest", "drop"]) {
    const watch = watchOf(service);
    await watch.invocation("1", async () => {
      await ingest(wire.services, incoming(service.length));
      watch.log("article.accepted", { id: "x" });
      watch.log("request.refused", { reason: "token" });
    });
  }
  const publish = watchOf("publish");
  const stores = {
    newsroom: counted(wire.newsroom, publish),
    published: counted(wire.published, publish, "DocumentsWritten"),
  };
  const services = createServices({ ...wire.services, stores });
  await publish.invocation("2", async () => {
    await publishBatch({ services, watch: publish }, sqsEvent(s3Body("articles/story-6.json")));
    await stores.newsroom.put("x", Buffer.from("x"), { condition: { ifMatch: '"other"' } });
  });
  const sweep = watchOf("sweep");
  const readers = readersOf(wire, async () => ({ status: 200, modified: new Date(), isEmpty: false }));
  const upkeep = upkeepOf(wire);
  // The event of story-4 was lost.
  wire.clock.now += 86_400_000;
  await wire.newsroom.delete("windows/section/world.json");
  await sweep.invocation("3", async () => {
    await runTick({ ...wire, watch: sweep }, upkeep, { getRemainingTimeInMillis: () => 55_000 });
    await lookAsReader({ watch: sweep }, readers);
  });
  // A stage has this function where its site file names sources.
  const follow = watchOf("follow");
  const outside = { fetch: createFetch(), sleep: async () => {} };
  if (isDetailed)
    await follow.invocation("4", () =>
      followSources({ deps: { ...wire.services, outside }, watch: follow }, 0),
    );
  const lines = written.mock.calls.flatMap(([text]) => String(text).split("\n"));
  const sent = lines.filter((line) => line.includes('"_aws"')).map((line): Emf => JSON.parse(line));
  return [...new Set(sent.flatMap(namesIn))].sort();
}

function namesIn({ _aws, service }: Emf): string[] {
  return _aws.CloudWatchMetrics.flatMap(({ Namespace, Metrics }) =>
    Metrics.map(({ Name }) => `${Namespace}/${service}/${Name}`),
  );
}

type Properties = { Namespace?: string; MetricName?: string; Dimensions?: { Value: unknown }[] };

/** The metrics of our own that the alarms of a stage look at. */
function ownOf(resources: ReturnType<typeof alarms>): string[] {
  const found = Object.values(resources).flatMap(({ Properties }) => {
    const { Metrics } = Properties as { Metrics?: { MetricStat?: { Metric: Properties } }[] };
    return Metrics?.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []) ?? [Properties as Properties];
  });
  const own = found.filter(({ Namespace = "" }) => Namespace.startsWith("Flashwire/"));
  return own.map(
    ({ Namespace, MetricName, Dimensions }) => `${Namespace}/${Dimensions?.[0]?.Value}/${MetricName}`,
  );
}

test("when a stage asks for nothing, its functions send six metrics at the most, and all that its alarms look at", async () => {
  const sent = await metricsSent(false);
  expect(sent.length).toBeLessThanOrEqual(MAX_OWN);
  expect(new Set(ownOf(alarms("dev", false)))).toEqual(new Set(sent));
});

test("when a stage has detailed metrics, its functions send every metric, and all that its dashboard shows", async () => {
  const sent = await metricsSent(true);
  const names = new Set(sent.map((name) => name.split("/").at(-1)));
  expect(names).toEqual(new Set(Object.keys(METRICS)));
  const [body] = dashboard("dev", true).Dashboard.Properties.DashboardBody["Fn::Sub"];
  const shown = JSON.parse(body as string).widgets.flatMap(
    ({ properties }: { properties: { metrics: string[][] } }) => properties.metrics,
  );
  const own = shown.filter(([namespace]: string[]) => namespace === "Flashwire/dev");
  expect(own.length).toBeGreaterThan(MAX_OWN);
  for (const [namespace, name, , service] of own) expect(sent).toContain(`${namespace}/${service}/${name}`);
});

test("when a function has nothing to count, it writes no line about metrics", async () => {
  const all = [vi.spyOn(process.stdout, "write"), vi.spyOn(console, "warn")];
  for (const one of all) one.mockReturnValue(true as never);
  await createWatch("sweep").invocation("1", async () => {});
  const calls = all.flatMap((one) => one.mock.calls);
  for (const one of all) one.mockRestore();
  expect(calls).toEqual([]);
});

test("when a document comes over HTTP, its status, its date and its first bytes count", async () => {
  const wire = memoryWire();
  await wire.services.publisher.startFeeds();
  const modified = new Date(wire.clock.now);
  const server = createServer(({ url }, answer) => {
    if (url?.endsWith("rss.xml"))
      answer.writeHead(200, { "last-modified": modified.toUTCString() }).end("<rss/>");
    else if (url?.endsWith("atom.xml"))
      answer.writeHead(200, { "last-modified": modified.toUTCString() }).end();
    else answer.writeHead(302, { location: "https://elsewhere.example/" }).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const origin = `http://127.0.0.1:${port}`;
  const services = { ...wire.services, site: { ...wire.services.site, origin } };
  wire.clock.now += LOOK_EVERY_MS;
  const ask = askWith(createFetch(), { allowsPrivate: true });
  await lookAsReader(wire, readersOf({ services }, ask));
  expect(wire.metrics.ReaderFaults).toBe(3);
  expect(wire.logs).toContainEqual({
    event: "readers.failed",
    details: {
      faults: [
        `${origin}/feeds/all/atom.xml answers no body.`,
        `${origin}/feeds/all/feed.json sends its readers on more than 0 times.`,
        `${origin}/feeds/all/ sends its readers on more than 0 times.`,
      ],
    },
  });
});
