import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { FORMATS } from "../../src/render/formats.ts";
import { logPageOutput } from "../../src/render/outputs.ts";
import { documentKey } from "../support/documents.ts";
import { NO_BODY } from "./cloudfront/http.ts";
import { namesOf } from "./cloudfront/names.ts";
import { type EdgeWire, edgeWire } from "./edge-wire.ts";

/** The model of CloudFront shows what was invisible without it: each fault that the template once had, planted again. */

const GZIP = { "accept-encoding": "gzip" };
const PREFLIGHT = { origin: "https://page.example", "access-control-request-method": "GET" };
let wire: EdgeWire;
const get: EdgeWire["get"] = (...asked) => wire.get(...asked);

beforeAll(async () => {
  wire = await edgeWire({});
});
afterAll(() => wire.stop());
beforeEach(() => wire.start());

/** Stores a document with the media type that readers get, as earlier versions did. */
async function storeTrueType(name: "atom" | "json"): Promise<() => Promise<unknown>> {
  const { published } = wire.memory;
  const key = documentKey("all", name);
  const { body = NO_BODY, ...before } = (await published.get(key)) ?? {};
  const contentType = FORMATS.find((format) => format.name === name)?.contentType ?? "";
  await published.put(key, body, { ...before, contentType });
  return () => published.put(key, body, before);
}

test.each([
  ["atom", "/feeds/all/atom.xml"],
  ["json", "/feeds/all/feed.json"],
] as const)(
  "when a document is stored with its true type, the edge does not compress %s",
  async (name, path) => {
    const repair = await storeTrueType(name);
    expect((await get(path, GZIP)).headers["content-encoding"]).toBeUndefined();
    await repair();
    // The bytes are the same, so S3 confirms what the edge has: it is compressed when it changes, or after an invalidation.
    wire.later(61);
    expect((await get(path, GZIP)).headers["content-encoding"]).toBeUndefined();
    wire.start();
    expect((await get(path, GZIP)).headers["content-encoding"]).toBe("gzip");
  },
);

test("when the minimum is 0, no compressed document stays at the edge", async () => {
  wire.start(({ DocumentsCache }) => {
    DocumentsCache.Properties.CachePolicyConfig.MinTTL = 0;
  });
  for (const count of [1, 2]) {
    await get("/feeds/all/rss.xml", GZIP);
    expect(wire.counts.origin).toBe(count);
  }
});

test("when no function sets the media type, readers get the stored one", async () => {
  wire.start(({ Distribution }) => {
    for (const behavior of Distribution.Properties.DistributionConfig.CacheBehaviors)
      delete behavior.FunctionAssociations;
  });
  expect((await get("/feeds/all/atom.xml")).headers["content-type"]).toBe("application/xml; charset=utf-8");
});

test("when the bucket has no CORS rules, or the edge keeps Origin to itself, a preflight fails", async () => {
  wire.start(({ SiteBucket }) => {
    delete SiteBucket.Properties.CorsConfiguration;
  });
  expect((await get("/feeds/all/rss.xml", PREFLIGHT, "OPTIONS")).status).toBe(403);
  wire.start(({ Distribution }) => {
    for (const behavior of Distribution.Properties.DistributionConfig.CacheBehaviors)
      if (behavior.TargetOriginId !== "api") delete behavior.OriginRequestPolicyId;
  });
  expect((await get("/feeds/all/rss.xml", PREFLIGHT, "OPTIONS")).status).toBe(400);
});

test("when no second origin stands behind S3, people get its XML", async () => {
  wire.start(({ Distribution }) => {
    const { DefaultCacheBehavior, CacheBehaviors } = Distribution.Properties.DistributionConfig;
    for (const behavior of [DefaultCacheBehavior, ...CacheBehaviors])
      if (behavior.TargetOriginId === "site-or-page") behavior.TargetOriginId = "site";
  });
  for (const path of ["/feeds/none/", "/about-us"])
    expect((await get(path)).headers["content-type"]).toBe("application/xml");
});

test("when no answer is told what it depends on, it depends on who filled the cache", async () => {
  wire.start(({ DocumentHeaders }) => {
    delete DocumentHeaders.Properties.ResponseHeadersPolicyConfig.CustomHeadersConfig;
  });
  await get("/feeds/all/rss.xml", { origin: "https://page.example" });
  expect((await get("/feeds/all/rss.xml")).headers.vary).toMatch(/^Origin/);
});

test("when the distribution says nothing of errors, they stay for ten seconds, also those of the API", async () => {
  wire.start(({ Distribution }) => {
    delete Distribution.Properties.DistributionConfig.CustomErrorResponses;
  });
  wire.api = { status: 503, headers: { "cache-control": "no-store" }, body: NO_BODY };
  await get("/articles/x");
  wire.api = { ...wire.api, status: 200 };
  expect((await get("/articles/x")).status).toBe(503);
  wire.later(10);
  expect((await get("/articles/x")).status).toBe(200);
});

test("when the distribution says nothing of errors, a story that was asked for too early stays missing", async () => {
  wire.start(({ Distribution }) => {
    delete Distribution.Properties.DistributionConfig.CustomErrorResponses;
  });
  expect((await get("/stories/early.json")).status).toBe(404);
  await wire.memory.published.put("stories/early.json", Buffer.from("{}\n"));
  expect((await get("/stories/early.json")).status).toBe(404);
  wire.later(10);
  expect((await get("/stories/early.json")).status).toBe(200);
});

test("when the edge may not read stories, who asks for one is told to try again", async () => {
  wire.start(({ SiteBucketPolicy }) => {
    for (const statement of SiteBucketPolicy.Properties.PolicyDocument.Statement)
      if (statement.Sid === "ReadByTheCdn") statement.Resource.splice(1);
  });
  expect((await get("/feeds/all/rss.xml")).status).toBe(200);
  for (const path of ["/stories/story-1.json", "/changes/open.json"])
    expect((await get(path)).status).toBe(503);
});

test("when the edge keeps nothing for longer than a day, it asks for a closed page again each day", async () => {
  wire.start(({ DocumentsCache }) => {
    DocumentsCache.Properties.CachePolicyConfig.MaxTTL = 86_400;
  });
  const { key, cacheControl } = logPageOutput("00000000000000", 0);
  await wire.memory.published.put(key, Buffer.from("{}\n"), { cacheControl });
  await get(`/${key}`);
  wire.later(86_401);
  await get(`/${key}`);
  expect(wire.counts.origin).toBe(2);
});

test("when a name lacks the region, two regions of an account ask for the same", () => {
  wire.start(({ DocumentsCache }) => {
    DocumentsCache.Properties.CachePolicyConfig.Name = { "Fn::Sub": `\${AWS::StackName}-documents` };
  });
  const at = (region: string) => namesOf(wire.template, { stage: "prod", region }).map(({ name }) => name);
  expect(at("eu-central-1").filter((name) => at("us-east-1").includes(name))).toEqual([
    "flashwire-prod-documents",
  ]);
});

test("when the origin fails, readers get what the edge still has", async () => {
  const { published } = wire.memory;
  const whole = await get("/feeds/all/rss.xml");
  wire.later(3_600);
  const real = published.get;
  published.get = async () => {
    throw new Error("S3 is away.");
  };
  expect((await get("/feeds/all/rss.xml")).body).toEqual(whole.body);
  expect((await get("/feeds/all/atom.xml")).status).toBe(502);
  published.get = real;
});
