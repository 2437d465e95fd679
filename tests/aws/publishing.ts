import { expect, test } from "vitest";
import { expectTruth } from "../support/compare-sites.ts";
import * as account from "./account.ts";
import type { Wire } from "./deployed.ts";
import { article, document, put } from "./stories.ts";

export function publishingChecks(wire: Wire): void {
  test("the first sweep makes the feeds of the site file, empty", async () => {
    const sweep = await wire.lambda("sweep");
    expect(await sweep.invoke({})).toMatchObject({ ok: true, result: { repaired: [] } });
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("what a sweep counts is what the alarms look at", async () => {
    const sweep = await wire.lambda("sweep");
    await sweep.invoke({});
    const [metrics = {}] = sweep
      .output()
      .split("\n")
      .flatMap((line) =>
        line.includes('"ReaderFaults"') ? [JSON.parse(line.slice(line.indexOf("{")))] : [],
      );
    const [{ Namespace, Dimensions }] = metrics._aws.CloudWatchMetrics;
    for (const name of ["SweepMissingAlarm", "ReadersAlarm"]) {
      const alarm = wire.template.Resources[name].Properties;
      expect(alarm.Namespace).toBe(Namespace);
      expect(Dimensions).toEqual([alarm.Dimensions.map(({ Name }: { Name: string }) => Name)]);
      for (const { Name, Value } of alarm.Dimensions) expect(metrics[Name]).toBe(Value);
      expect(metrics).toHaveProperty(alarm.MetricName);
    }
  });

  test("a request becomes a record, the record an event, the event documents", async () => {
    const [ingest, publish] = await Promise.all([wire.lambda("ingest"), wire.lambda("publish")]);
    expect(await put(wire, ingest, article("first"))).toMatchObject({
      status: 201,
      body: { result: "created" },
    });
    expect(await document(wire, "all")).not.toContain("Headline of first");
    await wire.notify("articles/first.json");
    await account.send(wire.sqs, wire.outputs.PublishQueueUrl as string, account.S3_TEST_EVENT);
    await wire.drain(publish);
    for (const file of ["rss.xml", "atom.xml", "feed.json"]) {
      expect(await document(wire, "section/world", file)).toContain("Headline of first");
    }
    await expectTruth(wire.services.site, wire.services.stores);
    expect(publish.output()).toContain('"PublishLatency"');
    expect(publish.output() + ingest.output()).not.toMatch(/Words of the story|fw_/);
  });

  test("breaking news is in the documents when the request is answered", async () => {
    const ingest = await wire.lambda("ingest");
    expect(await put(wire, ingest, article("flash", { breaking: { level: "flash" } }))).toMatchObject({
      status: 201,
    });
    expect(await document(wire, "breaking")).toContain("Headline of flash");
  });

  test("no token, a wrong record and a stale one are refused, and counted by reason", async () => {
    const ingest = await wire.lambda("ingest");
    const answer = await ingest.invoke(account.httpRequest("PUT", "/articles/x", "wrong", article("x")));
    expect(answer).toMatchObject({ ok: true, result: { statusCode: 401 } });
    expect(await put(wire, ingest, article("x", { headline: "" }))).toMatchObject({ status: 422 });
    expect(await put(wire, ingest, article("first", { published: "2025-01-01T00:00:00Z" }))).toMatchObject({
      status: 409,
    });
    for (const reason of ["unauthorized", "invalid", "stale"])
      expect(ingest.output()).toContain(`"reason":"${reason}"`);
  });

  test("a hundred articles in one batch are in the documents", async () => {
    const [ingest, publish] = [await wire.lambda("ingest"), await wire.lambda("publish")];
    // Older than what later checks look for at the top of `all`.
    const older = "2026-02-01T12:00:00Z";
    for (let i = 0; i < 100; i++) {
      await put(wire, ingest, article(`batch-${i}`, { section: "Batch", published: older }));
      await wire.notify(`articles/batch-${i}.json`);
    }
    const queue = wire.outputs.PublishQueueUrl as string;
    expect(await account.pollOnce(wire.sqs, queue, publish, 100)).toEqual({ messages: 100, failed: 0 });
    expect(await document(wire, "section/batch")).toContain("Headline of batch-0");
    await expectTruth(wire.services.site, wire.services.stores);
  });
}
