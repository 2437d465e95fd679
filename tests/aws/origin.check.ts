import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readAwsConfig } from "../../src/config/environment.ts";
import { SCOPES } from "../../src/core/token.ts";
import { lambdaHandler } from "../../src/http/adapters/lambda.ts";
import { createApp } from "../../src/http/app.ts";
import { type MemoryWire, memoryWire } from "../support/wire.ts";
import { createDistribution, type Distribution } from "./cloudfront/distribution.ts";
import type { Asked, Reply } from "./cloudfront/http.ts";
import { resolved } from "./cloudfront/secrets.ts";
import { packageInto, type Template } from "./deployment.ts";
import { callApi } from "./http-api.ts";

/** Who knows the address of the HTTP API, beside the CDN: the packaged template, played before the routes of `ingest`. */

const folder = mkdtempSync(join(tmpdir(), "flashwire-origin-"));
let packaged: Template;
let template: Template;
let memory: MemoryWire;
let edge: Distribution;

beforeAll(() => {
  packaged = packageInto(folder, { originSecrets: [1, 2] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => start());

/** The wire of the template, with what a test plants there. */
function start(plant: (resources: Template["Resources"]) => void = () => {}): void {
  template = structuredClone(packaged);
  plant(template.Resources);
  memory = memoryWire();
  const site = async () => ({ status: 404, headers: {}, body: new Uint8Array() });
  edge = createDistribution({ template, origins: { api, missing: api, site }, now: () => memory.clock.now });
}

async function api({ method, path, headers, body = new Uint8Array() }: Asked): Promise<Reply> {
  const request = Object.assign(Readable.from([body]), { method, url: path, headers });
  const handle = lambdaHandler(createApp({ ...parts(), publish: async () => new Map() }));
  const invoke = async (event: unknown) => ({ ok: true as const, result: await handle(event as never) });
  const {
    status,
    headers: sent = {},
    body: text = "",
  } = await callApi({ template }, request as never, invoke);
  return { status, headers: sent, body: Buffer.from(text) };
}

function parts() {
  const { FLASHWIRE_ORIGIN_SECRETS: value } =
    template.Resources.IngestLambdaFunction.Properties.Environment.Variables;
  const secrets = { FLASHWIRE_ORIGIN_SECRETS: resolved(template, value) };
  const buckets = { FLASHWIRE_NEWSROOM: "newsroom", FLASHWIRE_SITE: "site" };
  const { originSecrets } = readAwsConfig({
    ...buckets,
    ...secrets,
    FLASHWIRE_PUBLIC_URL: memory.services.site.origin,
  });
  return { services: memory.services, tokens: async () => ({ name: "desk", scopes: SCOPES }), originSecrets };
}

const asked = (path: string, headers = {}): Asked => ({ method: "GET", path, headers });
const PATHS = ["/healthz", "/openapi.json", "/about/extension", "/schemas/article.schema.json"];

test.each(PATHS)(
  "when %s is asked for through the CDN, it is answered, whatever the client sends",
  async (path) => {
    for (const headers of [{}, { "flashwire-origin": "guessed" }])
      expect((await edge.answer(asked(path, headers))).status).toBe(200);
  },
);

test("when S3 has nothing at an address, the API answers the CDN there", async () => {
  const { status, headers } = await edge.answer(asked("/feeds/none/"));
  expect([status, headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
});

test.each(["/missing/feeds/none/", "/healthz", "/articles/x", "/schemas/article.schema.json"])(
  "when %s is asked for at the API's own address, it answers 403 and names the wire's",
  async (path) => {
    for (const headers of [{}, { "flashwire-origin": "guessed" }, { "flashwire-origin": "" }]) {
      const { status, headers: sent, body } = await api(asked(path, headers));
      expect([status, sent["content-type"]]).toEqual([403, "application/problem+json"]);
      expect(JSON.parse(Buffer.from(body).toString())).toMatchObject({
        type: "urn:flashwire:problem:not-through-cdn",
        detail: expect.stringContaining(memory.services.site.origin),
      });
    }
  },
);

test("when the secret is being changed, the CDN may send the one, the other or both", async () => {
  const { Origins } = template.Resources.Distribution.Properties.DistributionConfig;
  const { HeaderValue } = Origins.find(({ Id }: { Id: string }) => Id === "api").OriginCustomHeaders[0];
  const values = resolved(template, HeaderValue).split(",");
  expect(values).toHaveLength(2);
  for (const header of [...values, values.join(",")])
    expect((await api(asked("/healthz", { "flashwire-origin": header }))).status).toBe(200);
});

test("when the CDN sends no secret, nobody gets in; when the stage does not ask for it, everybody does", async () => {
  start(({ Distribution }) => {
    for (const origin of Distribution.Properties.DistributionConfig.Origins)
      delete origin.OriginCustomHeaders;
  });
  expect((await edge.answer(asked("/healthz"))).status).toBe(403);
  start(({ HttpApiStage }) => {
    HttpApiStage.Properties.StageVariables.origin = "open";
  });
  expect((await api(asked("/healthz"))).status).toBe(200);
});
