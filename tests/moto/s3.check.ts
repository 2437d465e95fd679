import { expect, onTestFinished, test } from "vitest";
import type { Incoming } from "../../src/core/article.ts";
import { FlashwireError } from "../../src/core/errors.ts";
import { ingest, withdraw } from "../../src/ingest/ingest.ts";
import { createServices, type Services } from "../../src/services.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { rebuild } from "../../src/upkeep/rebuild.ts";
import { describeContract } from "../contract/contract.ts";
import { SITE } from "../simulation/site.ts";
import { expectTruth } from "../support/compare-sites.ts";
import { startMoto } from "./server.ts";

describeContract("s3, third party", async () => {
  const { client, close } = await startMoto(["newsroom"]);
  // Its router does not match a key with a line feed; S3 does.
  const keeps = (key: string) => !key.includes("\n");
  return { store: s3Store(connect(client), "newsroom"), close, keeps };
});

function article(n: number, version: number): Incoming {
  return {
    id: `story-${n}`,
    url: `https://news.example.org/${n}`,
    headline: `Story ${n}, version ${version} <b>&</b> ]]>`,
    section: ["World", "Sport", "Arts"][(n + version) % 3] as string,
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    updated: new Date(Date.UTC(2026, 0, 2) + version * 1_000).toISOString(),
    revision: version,
    ...(version % 2 ? { change: { kind: "correction" as const } } : {}),
    status: "published",
  };
}

/** A stale version is refused, also when another client sent the newer one. */
async function send(services: Services, n: number, version: number): Promise<void> {
  await ingest(services, article(n, version)).catch((error) => {
    if (!(error instanceof FlashwireError && error.code === "stale")) throw error;
  });
}

test("invariants 1 and 5: four publishers and a rebuild over somebody else's S3 end in the documents of the records", async () => {
  const { client, close } = await startMoto(["newsroom", "site"]);
  onTestFinished(close);
  const worker = () => {
    const stores = {
      newsroom: s3Store(connect(client), "newsroom"),
      published: s3Store(connect(client), "site"),
    };
    return createServices({ site: { ...SITE, size: 5 }, stores, log: () => {} });
  };
  await worker().publisher.startFeeds();
  const workers = [1, 2, 3, 4].map(async (w) => {
    const services = worker();
    for (let i = 0; i < 10; i++) {
      const n = (i * w) % 8;
      await send(services, n, i * 4 + w);
      if (i === 7 && w === 2) await withdraw(services, `story-${n}`);
      if (i === 5 && w === 3) expect((await rebuild(services)).failed).toEqual([]);
      expect((await services.publisher.publish([`story-${n}`])).failed).toEqual([]);
    }
  });
  await Promise.all(workers);
  const services = worker();
  await services.publisher.publish(Array.from({ length: 8 }, (_, n) => `story-${n}`));
  await expectTruth(services.site, services.stores);
});
