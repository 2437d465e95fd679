import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SiteConfig } from "../../src/core/site.ts";
import { createApp } from "../../src/http/app.ts";
import { ingest } from "../../src/ingest/ingest.ts";
import { writeDirectory } from "../../src/upkeep/directory.ts";
import { testSite } from "../support/site.ts";
import { incoming, type MemoryWire, memoryWire } from "../support/wire.ts";
import { createDistribution, type Distribution } from "./cloudfront/distribution.ts";
import { type Asked, NO_BODY, type Origin, type Reply } from "./cloudfront/http.ts";
import { siteBucket } from "./cloudfront/site-bucket.ts";
import type { Template } from "./cloudfront/template.ts";
import { packageInto } from "./deployment.ts";
import { ROOT } from "./tools.ts";

export const EDGE_STORIES = 50;

/** The packaged template in the model of CloudFront, before fifty stories in memory. */
export type EdgeWire = {
  memory: MemoryWire;
  /** As it was packaged, or with what a test planted since `start`. */
  template: Template;
  counts: Distribution["counts"];
  /** What the API answers, whatever it is asked. */
  api: Reply;
  /** Whether the edge reaches S3 no more. `start` ends that. */
  isBucketLost: boolean;
  /** Begins with the template as it was packaged and an empty cache; `plant` changes the template. */
  start(plant?: (resources: Template["Resources"]) => void): void;
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Reply>;
  /** The same by http://. */
  getPlain(path: string): Promise<Reply>;
  later(seconds: number): void;
  stop(): void;
};

/** `fields`: of the site file, besides its settings for AWS. */
export async function edgeWire(settings: object, fields: Partial<SiteConfig> = {}): Promise<EdgeWire> {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-edge-"));
  const packaged = packageInto(join(folder, "package"), settings, fields);
  const memory = await newsroom(fields);
  let edge: Distribution;
  const wire: EdgeWire = {
    memory,
    template: packaged,
    counts: { functions: 0, origin: 0 },
    api: { status: 200, headers: {}, body: NO_BODY },
    isBucketLost: false,
    start(plant = () => {}) {
      wire.isBucketLost = false;
      wire.template = structuredClone(packaged);
      plant(wire.template.Resources);
      const origins = {
        api: async () => wire.api,
        missing: appOf(memory),
        site: async (asked: Asked) => {
          if (wire.isBucketLost) throw new Error("connect ETIMEDOUT");
          return siteBucket(wire.template, memory.published)(asked);
        },
      };
      edge = createDistribution({ template: wire.template, origins, now: () => memory.clock.now });
      wire.counts = edge.counts;
    },
    get: (path, headers = {}, method = "GET") => edge.answer({ method, path, headers }),
    getPlain: (path) => edge.answer({ method: "GET", path, headers: {}, isPlain: true }),
    later(seconds) {
      memory.clock.now += seconds * 1_000;
    },
    stop: () => rmSync(folder, { recursive: true, force: true }),
  };
  return wire;
}

/** The app of the API as it is. */
function appOf({ services }: MemoryWire): Origin {
  const app = createApp({ services, tokens: async () => undefined, publish: async () => new Map() });
  return async ({ method, path, headers }) => {
    const reply = await app.request(`https://api.test${path}`, { method, headers });
    const body = new Uint8Array(await reply.arrayBuffer());
    return { status: reply.status, headers: Object.fromEntries(reply.headers), body };
  };
}

async function newsroom(fields: Partial<SiteConfig>): Promise<MemoryWire> {
  const wire = memoryWire(testSite(fields));
  await wire.services.publisher.startFeeds();
  for (let n = 0; n < EDGE_STORIES; n++) await ingest(wire.services, story(n));
  await wire.services.publisher.publish(Array.from({ length: EDGE_STORIES }, (_, n) => `story-${n}`));
  await writeDirectory(wire.services);
  return wire;
}

/** English as people write it: the documentation of this project, cut into stories. */
const PROSE = readdirSync(join(ROOT, "docs"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(join(ROOT, "docs", name), "utf8").replace(/[^\w.,;: '\n-]/g, ""))
  .join("\n");

function story(n: number) {
  const paragraphs = [0, 1, 2, 3].map((k) => PROSE.slice((n * 4 + k) * 600, (n * 4 + k + 1) * 600));
  const headline = PROSE.slice(n * 70, n * 70 + 60);
  return incoming(n, { headline, body: `<p>${paragraphs.join("</p><p>")}</p>` });
}
