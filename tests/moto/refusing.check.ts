import { expect, onTestFinished, test, vi } from "vitest";
import { listen } from "../../src/http/adapters/node.ts";
import { createApp } from "../../src/http/app.ts";
import { tokensFrom } from "../../src/http/auth.ts";
import { createServices } from "../../src/services.ts";
import { s3Client } from "../../src/store/s3/client.ts";
import { connect } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { flashwire, linesOf, story } from "../cli/support.ts";
import { SITE } from "../simulation/site.ts";
import { refusingProxy } from "../support/faulty-proxy.ts";
import { startMoto } from "./server.ts";

const RECORDS = 1_200;

test(`when the store refuses for a while, ingest sends ${RECORDS} records, and ${RECORDS} are created`, async () => {
  const moto = await startMoto(["newsroom", "site"]);
  onTestFinished(moto.close);
  // A wire asks some 1,000 times a second: about as many requests as a second of refusals meets.
  const proxy = await refusingProxy(moto.endpoint, { from: 200, count: 1_000 });
  onTestFinished(proxy.close);
  for (const [name, value] of Object.entries(moto.env)) vi.stubEnv(name, value);
  const connection = connect(s3Client(proxy.url));
  const stores = { newsroom: s3Store(connection, "newsroom"), published: s3Store(connection, "site") };
  const services = createServices({ site: SITE, stores, log: () => {} });
  const publish = async (ids: string[]) => (await services.publisher.publish(ids)).left;
  const app = createApp({ services, publish, tokens: tokensFrom("secret") });
  const served = await listen(app, { host: "127.0.0.1", port: 0 });
  onTestFinished(served.close);

  const lines = Array.from({ length: RECORDS }, (_, n) => JSON.stringify(story(`r-${n}`)));
  const args = ["ingest", "-", "--json", "--url", served.url, "--token", "secret"];
  const { code, stdout, stderr } = await flashwire(args, {}, lines.join("\n"));
  expect(proxy.refused()).toBe(1_000);
  const summary = linesOf(stdout).pop()?.summary as Record<string, number>;
  expect({ code, summary }).toMatchObject({ code: 0, summary: { records: RECORDS, complete: true } });
  expect(summary.refused).toBeUndefined();
  expect(stderr).toContain("Trying again for a minute");
  // A put whose answer came too late is `unchanged` when its record comes again.
  expect((summary.created ?? 0) + (summary.unchanged ?? 0)).toBe(RECORDS);
  let stored = 0;
  for await (const _ of stores.newsroom.list("articles/")) stored++;
  expect(stored).toBe(RECORDS);
});
