import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SaxesParser } from "saxes";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { startWire } from "../../src/local/wire.ts";
import { seededRandom } from "../simulation/random.ts";
import { type ChildWire, send, startChildWire } from "../support/child-wire.ts";
import { expectTruth } from "../support/compare-sites.ts";

const KILLS = 20;
const PLAIN = { "accept-encoding": "identity" };
const data = mkdtempSync(join(tmpdir(), "flashwire-crash-"));
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** Every article has a tag of its own, so that its feed shows it however many others there are. */
function article(n: number) {
  return {
    id: `story-${n}`,
    url: `https://news.example.org/${n}`,
    headline: `Story ${n} <b>& more ]]></b>`,
    body: `<p>${"News. ".repeat(200)}</p>`,
    section: `Section ${n % 3}`,
    tags: [`only ${n}`],
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    ...(n % 10 === 0 ? { breaking: true } : {}),
  };
}

function parse(file: string, text: string): void {
  if (file.endsWith(".json")) JSON.parse(text);
  else new SaxesParser({ xmlns: true }).write(text).close();
}

async function readAsOthersDo(url: string, file: string): Promise<void> {
  const response = await fetch(`${url}/feeds/all/${file}`).catch(() => undefined);
  // The connection may break with the server; what came whole must be whole.
  const text = await response?.text().catch(() => undefined);
  if (response?.status === 200 && text !== undefined) parse(file, text);
}

test("invariant 5: when the wire is killed twenty times under load, it loses nothing that it accepted", async () => {
  const random = seededRandom(20_261_124);
  const accepted: number[] = [];
  let wire: ChildWire | undefined;
  let next = 0;
  let reads = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    wire = await startChildWire(data, { FLASHWIRE_PUBLIC_URL: "http://wire.test" });
    const { url } = wire;
    let alive = true;
    const writers = [1, 2, 3].map(async () => {
      while (alive) {
        const n = next++;
        const status = await send(url, article(n));
        if (status === 201) accepted.push(n);
      }
    });
    const reader = (async () => {
      while (alive) {
        await readAsOthersDo(url, ["rss.xml", "atom.xml", "feed.json"][reads++ % 3] as string);
        // A reader that never rests takes the processor from those who write.
        await sleep(10);
      }
    })();
    // Some articles on, however long a busy machine takes for them; then at any moment of the next ones.
    const enough = accepted.length + 1 + random.below(30);
    while (accepted.length < enough) await sleep(1);
    await sleep(random.below(30));
    await wire.kill();
    alive = false;
    await Promise.all([...writers, reader]);
  }

  wire = await startChildWire(data, { FLASHWIRE_PUBLIC_URL: "http://wire.test" });
  const { url } = wire;
  expect(accepted.length).toBeGreaterThan(KILLS);
  let missing = accepted;
  const stillMissing = async () => {
    missing = await missingOf(url, missing);
    return missing;
  };
  await expect.poll(stillMissing, { interval: 200 }).toEqual([]);
  expect(await wire.stop()).toBe(0);

  const env = { FLASHWIRE_DATA: data, FLASHWIRE_PUBLIC_URL: "http://wire.test", PORT: "0" };
  const last = await startWire(readConfig(env), () => {});
  await last.idle();
  await expectTruth(last.services.site, last.services.stores);
  await last.close();
});

/** Those of the articles that are not in all three documents of their own feed. */
async function missingOf(url: string, articles: number[]): Promise<number[]> {
  const missing: number[] = [];
  for (const n of articles) {
    let found = 0;
    for (const file of ["rss.xml", "atom.xml", "feed.json"]) {
      // Nothing here is about compression, which takes longer than all else.
      const response = await fetch(`${url}/feeds/tag/only-${n}/${file}`, { headers: PLAIN });
      const text = await response.text();
      if (response.status === 200 && text.includes(`article/story-${n}`)) found++;
    }
    if (found < 3) missing.push(n);
  }
  return missing;
}
