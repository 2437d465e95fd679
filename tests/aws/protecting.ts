import {
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { beforeAll, expect, test } from "vitest";
import { DAY_MS } from "../../src/core/limits.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { expectTruth } from "../support/compare-sites.ts";
import * as account from "./account.ts";
import { NEWSROOM, SITE, type Wire } from "./deployed.ts";
import { STACK } from "./deployment.ts";
import type { Person } from "./guard.ts";
import { article, document, put, textOf } from "./stories.ts";
import { runBeside } from "./tools.ts";

/** S3 keeps the protocol by the policies of the template, and no function asks for more than it may. */
export function protectionChecks(wire: Wire): void {
  const clientOf = (id: Person | "ingest") =>
    new S3Client({
      endpoint: wire.gate.url,
      credentials: { accessKeyId: id, secretAccessKey: "test" },
    });
  const keys = [
    [NEWSROOM, "articles/first.json"],
    [NEWSROOM, "guids/0.json"],
    [NEWSROOM, "windows/all.json"],
    [SITE, "feeds/all/rss.xml"],
  ] as const;
  const refused = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };

  test("when somebody puts or deletes a record, a guid, a window or a document without its condition, S3 refuses it", async () => {
    const before = wire.gate.guard?.refusedToFunctions.length;
    for (const id of ["administrator", "ingest"] as const) {
      const s3 = clientOf(id);
      for (const [Bucket, Key] of keys) {
        await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: "{}" })), Key).rejects.toMatchObject(
          refused,
        );
        await expect(s3.send(new DeleteObjectCommand({ Bucket, Key })), Key).rejects.toMatchObject(refused);
        const Body = "{}";
        const stale = new PutObjectCommand({
          Bucket,
          Key,
          Body,
          IfMatch: '"d41d8cd98f00b204e9800998ecf8427e"',
        });
        // It comes as far as the object.
        await expect(s3.send(stale), Key).rejects.toMatchObject({
          $metadata: { httpStatusCode: Key.startsWith("guids/") ? 404 : 412 },
        });
      }
    }
    wire.gate.guard?.refusedToFunctions.splice(before ?? 0);
  });

  test("when twenty writers make one object at once, S3 lets one of them", async () => {
    const s3 = clientOf("ingest");
    const make = () =>
      s3.send(
        new PutObjectCommand({ Bucket: NEWSROOM, Key: "articles/raced.json", Body: "{}", IfNoneMatch: "*" }),
      );
    const made = await Promise.allSettled(Array.from({ length: 20 }, make));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await wire.services.stores.newsroom.delete("articles/raced.json");
  });

  test("when a story that waits is sent twice, its reminder is looked up", async () => {
    const ingest = await wire.lambda("ingest");
    const waits = article("waits", { embargo: new Date(Date.now() + DAY_MS).toISOString() });
    expect(await put(wire, ingest, waits)).toMatchObject({ body: { result: "scheduled" } });
    expect(await put(wire, ingest, waits)).toMatchObject({ status: 200, body: { result: "unchanged" } });
    const drop = await wire.lambda("drop");
    await wire.services.stores.newsroom.put("inbox/waits.json", Buffer.from(JSON.stringify(waits)));
    await wire.notify("inbox/waits.json");
    const polled = await account.pollOnce(wire.sqs, wire.outputs.DropQueueUrl as string, drop, 1);
    expect(polled).toEqual({ messages: 1, failed: 0 });
  });

  test("when a story leaves a feed that the site file does not define, publish takes the feed away", async () => {
    const [ingest, publish] = [await wire.lambda("ingest"), await wire.lambda("publish")];
    await put(wire, ingest, article("leaves"));
    const { newsroom, published } = wire.services.stores;
    const { body } = (await newsroom.get("articles/leaves.json")) ?? {};
    const record = JSON.parse(Buffer.from(body ?? []).toString());
    const feeds = [...record.feeds, "nowhere"];
    await newsroom.put("articles/leaves.json", Buffer.from(JSON.stringify({ ...record, feeds })));
    await newsroom.put("windows/nowhere.json", Buffer.from("{}"));
    await published.put("feeds/nowhere/rss.xml", Buffer.from("<rss/>"));
    await wire.notify("articles/leaves.json");
    await wire.drain(publish);
    expect(await newsroom.head("windows/nowhere.json")).toBeUndefined();
    expect(await published.head("feeds/nowhere/rss.xml")).toBeUndefined();
    expect(await document(wire, "all")).toContain("Headline of leaves");
    // As it would be without the feed that is gone.
    await newsroom.put("articles/leaves.json", Buffer.from(JSON.stringify(record)));
    await published.delete("feeds/nowhere/removed");
    await expectTruth(wire.services.site, wire.services.stores);
  });
}

/** What operators do on the deployed wire, each with the rights that the runbook says. */
export function operatorChecks(wire: Wire): void {
  const as = (person: Person, ...args: string[]) =>
    runBeside("node", ["src/cli/main.mjs", ...args, "--stack", STACK], wire.person(person));
  // The look-alike takes no versioning from a template.
  beforeAll(async () => {
    const { VersioningConfiguration } = wire.template.Resources.NewsroomBucket.Properties;
    const command = new PutBucketVersioningCommand({ Bucket: NEWSROOM, VersioningConfiguration });
    await new S3Client({}).send(command);
  });

  const send = async (id: string, fields: object) => {
    const [ingest, publish] = [await wire.lambda("ingest"), await wire.lambda("publish")];
    expect((await put(wire, ingest, article(id, { ...fields }))).status).toBeLessThan(300);
    await wire.notify(`articles/${id}.json`);
    await wire.drain(publish);
  };

  test("when a version is restored, an administrator's credentials suffice, and readers have it", async () => {
    await send("goes-back", { headline: "As it was meant", section: "World" });
    await send("goes-back", { headline: "By mistake", section: "Sport", updated: "2026-03-03T00:00:00Z" });
    const versions = JSON.parse(await as("administrator", "restore", "goes-back", "--list", "--json"));
    expect(versions).toMatchObject([
      { is: "published", isPresent: true, headline: "By mistake" },
      { is: "published", isPresent: false, headline: "As it was meant" },
    ]);
    expect(await as("administrator", "restore", "goes-back", "--list")).toContain("published, present");
    const said = await as("administrator", "restore", "goes-back", "--version", versions[1].id);
    expect(said).toContain("in place of the version that was there");
    expect(await document(wire, "all")).toContain("As it was meant");
    expect(await document(wire, "section/sport")).not.toContain("By mistake");
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("when records of another bucket are copied, an administrator's credentials suffice", async () => {
    const bucket = "earlier-newsroom";
    await account.makeBucket(bucket);
    const earlier = s3Store(connect(new S3Client({})), bucket);
    const { newsroom } = wire.services.stores;
    await send("moves", { guid: "urn:earlier:1" });
    for await (const key of newsroom.list("guids/"))
      await earlier.put(key, (await newsroom.get(key))?.body ?? Buffer.of());
    const stored = JSON.parse(textOf(await newsroom.get("articles/moves.json")));
    const moved = {
      ...stored,
      article: { ...stored.article, id: "moved", guid: "tag:earlier.example,2020:article/moved" },
    };
    await earlier.put("articles/moved.json", Buffer.from(JSON.stringify(moved)));
    await earlier.put(
      "articles/moves.json",
      (await newsroom.get("articles/moves.json"))?.body ?? Buffer.of(),
    );
    const report = JSON.parse(await as("administrator", "copy", `s3://${bucket}`, "--json"));
    expect(report).toMatchObject({ records: { copied: 1, same: 1 }, guids: { same: expect.any(Number) } });
    await wire.notify("articles/moved.json");
    await wire.drain(await wire.lambda("publish"));
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("when a story is purged, that needs the maintenance role, and the error says so", async () => {
    await send("purged", { headline: "For the lawyers" });
    await expect(as("administrator", "purge", "purged", "--yes")).rejects.toThrow(
      /only its maintenance role/,
    );
    expect(await document(wire, "all")).not.toContain("For the lawyers");
    expect(await as("maintenance", "purge", "purged", "--yes")).toMatch(
      /old versions of the record removed: [1-9]/,
    );
    await expect(as("maintenance", "restore", "purged", "--version", "x")).rejects.toThrow(/No version x/);
    await expectTruth(wire.services.site, wire.services.stores);
  });

  test("when the maintenance role restores and rebuilds, it may; it reads no other bucket", async () => {
    const [, old] = JSON.parse(await as("maintenance", "restore", "goes-back", "--list", "--json"));
    expect(await as("maintenance", "restore", "goes-back", "--version", old.id)).toContain("as version");
    await expect(as("maintenance", "copy", "s3://earlier-newsroom")).rejects.toThrow("AccessDenied");
    expect(await as("maintenance", "rebuild", "section/world")).toContain("1 feed made");
    await expectTruth(wire.services.site, wire.services.stores);
  });
}

/** To be the last check: no function was refused anything in all the others. */
export function rightsChecks(wire: Wire): void {
  test("no function has asked S3 for what its role does not grant or a bucket denies", () => {
    expect(wire.gate.guard?.refusedToFunctions).toEqual([]);
  });
}
