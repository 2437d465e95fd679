import { afterAll, beforeAll, expect, test } from "vitest";
import { expectTruth } from "../support/compare-sites.ts";
import { ORIGIN, type Wire } from "./deployed.ts";
import { STACK } from "./deployment.ts";
import { type Edge, startEdge } from "./edge.ts";
import { textOf } from "./stories.ts";
import { runBeside } from "./tools.ts";

const MARK_KEY = "site.json";

/** What the command `status` says of the ticks of the deployed wire. */
export function statusChecks(wire: Wire): void {
  let edge: Edge;
  const status = () =>
    runBeside("node", ["src/cli/main.mjs", "status", "--stack", STACK], wire.person("administrator"));
  /** A tick asks for documents at the edge, as a reader does. */
  const sweepAtEdge = () => wire.lambda("sweep", { env: edge.network });

  beforeAll(async () => {
    edge = await startEdge(wire, await wire.lambda("ingest"));
  });
  afterAll(() => edge.stop());

  test("when a tick does not find what readers should get, status fails and names it, until a tick finds it", async () => {
    // No resolver knows wire.test.
    await (await wire.lambda("sweep")).invoke({});
    for (const file of ["rss.xml", "atom.xml", "feed.json"])
      await expect(status()).rejects.toThrow(
        `Readers: The host of ${ORIGIN}/feeds/all/${file} is not found (`,
      );
    const sweep = await sweepAtEdge();
    expect(await sweep.invoke({})).toMatchObject({ ok: true });
    expect(sweep.output()).toContain('"ReaderFaults":0');
    expect(await status()).toMatch(/^readers get what they should since \d{4}-/m);
  });

  test("when the site file has changed, ticks roll it out, and status says how far", async () => {
    const sweep = await sweepAtEdge();
    const { newsroom } = wire.services.stores;
    await newsroom.put(MARK_KEY, Buffer.from('{"placed":"0","rendered":"0"}'));
    await sweep.invoke({});
    expect(await status()).toMatch(/^the site file or the code has changed: .* begins at \d{4}-/m);
    const { rollout } = JSON.parse(textOf(await newsroom.get(MARK_KEY)));
    const due = { rollout: { ...rollout, begins: new Date(0).toISOString() } };
    await newsroom.put(MARK_KEY, Buffer.from(JSON.stringify(due)));
    expect(await status()).toMatch(/^the site file or the code has changed: .* under way since 1970-/m);
    expect(await sweep.invoke({})).toMatchObject({ ok: true, result: { failed: [], repaired: [] } });
    expect(await status()).toMatch(/^documents behind: none; looked at/m);
    await expectTruth(wire.services.site, wire.services.stores);
  });
}
