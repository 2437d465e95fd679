import { expect, test } from "vitest";
import { replayDeadLetters } from "../../src/aws/queues.ts";
import { expectTruth } from "../support/compare-sites.ts";
import * as account from "./account.ts";
import type { Wire } from "./deployed.ts";
import { article, document, put } from "./stories.ts";

export function faultChecks(wire: Wire): void {
  test("a poison message fails alone, ends with the dead letters, and replay brings it back", async () => {
    const publish = await wire.lambda("publish");
    const ingest = await wire.lambda("ingest");
    const queue = wire.outputs.PublishQueueUrl as string;
    const dead = wire.outputs.PublishDeadLettersUrl as string;
    await wire.services.stores.newsroom.put("articles/poison.json", Buffer.from("{ no record"));
    await put(wire, ingest, article("healthy"));
    await wire.notify("articles/poison.json");
    await wire.notify("articles/healthy.json");
    expect(await account.pollOnce(wire.sqs, queue, publish, 100)).toEqual({ messages: 2, failed: 1 });
    expect(await document(wire, "all")).toContain("Headline of healthy");
    for (let i = 0; i < 8; i++) await account.pollOnce(wire.sqs, queue, publish, 100);
    expect(await account.depth(wire.sqs, dead)).toBe(1);
    expect(await account.depth(wire.sqs, queue)).toBe(0);

    await wire.services.stores.newsroom.delete("articles/poison.json");
    await put(wire, ingest, article("poison"));
    expect(await replayDeadLetters(wire.sqs, dead, queue)).toBe(1);
    await wire.drain(publish);
    expect(await document(wire, "all")).toContain("Headline of poison");
    expect(await account.depth(wire.sqs, dead)).toBe(0);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("a feed that cannot be read brings back only the messages that touch it, until the sweep makes it again", async () => {
    const [ingest, publish] = [await wire.lambda("ingest"), await wire.lambda("publish")];
    const queue = wire.outputs.PublishQueueUrl as string;
    const broken = "windows/section/broken.json";
    await wire.services.stores.newsroom.put(broken, Buffer.from("{ no window"));
    await put(wire, ingest, article("touches", { section: "Broken" }));
    await put(wire, ingest, article("touches-not", { section: "Sport" }));
    await wire.notify("articles/touches.json");
    await wire.notify("articles/touches-not.json");
    expect(await account.pollOnce(wire.sqs, queue, publish, 100)).toEqual({ messages: 2, failed: 1 });
    const sweep = await wire.lambda("sweep");
    expect(await sweep.invoke({})).toMatchObject({
      ok: true,
      result: { filled: ["section/broken"], failed: [] },
    });
    await wire.drain(publish);
    expect(await document(wire, "section/broken")).toContain("Headline of touches");
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("crashes in the middle, duplicate events, slow-downs and two publishers at once end in the truth", async () => {
    const ingest = await wire.lambda("ingest");
    const publishers = [await wire.lambda("publish"), await wire.lambda("publish")];
    const queue = wire.outputs.PublishQueueUrl as string;
    for (let i = 0; i < 30; i++) {
      const id = `busy-${i % 12}`;
      const answer = await put(
        wire,
        ingest,
        article(id, {
          revision: i,
          section: ["World", "Sport"][i % 2],
          updated: `2026-03-02T12:00:${String(i).padStart(2, "0")}Z`,
        }),
      );
      expect(answer.status).toBeLessThan(300);
      await wire.notify(`articles/${id}.json`);
      if (i % 3 === 0) await wire.notify(`articles/${id}.json`);
    }
    for (let round = 0; round < 4; round++) {
      wire.gate.slowDown(round);
      const polls = publishers.map((publisher) => account.pollOnce(wire.sqs, queue, publisher, 8));
      setTimeout(() => publishers[round % 2]?.crash(), 30 + 60 * round);
      await Promise.all(polls);
    }
    for (;;) {
      const polls = await Promise.all(
        publishers.map((publisher) => account.pollOnce(wire.sqs, queue, publisher, 8)),
      );
      if (polls.every(({ messages }) => messages === 0)) break;
    }
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("a later sweep leaves documents that are right as they are", async () => {
    const sweep = await wire.lambda("sweep");
    const answer = await sweep.invoke({});
    expect(answer, JSON.stringify(answer)).toMatchObject({ ok: true, result: { repaired: [], filled: [] } });
    await expectTruth(wire.services.site, wire.services.stores);
  });
}
