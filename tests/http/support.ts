import type { Hono } from "hono";
import type { SiteConfig } from "../../src/core/site.ts";
import { createApp } from "../../src/http/app.ts";
import { anyOf, tokensFrom } from "../../src/http/auth.ts";
import { createDocuments, type Documents } from "../../src/http/documents.ts";
import { storedTokens } from "../../src/repository/tokens.ts";
import { createServices, type Services } from "../../src/services.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { testSite } from "../support/site.ts";

export const ORIGIN = "https://feeds.example.org";
export const NOW = Date.parse("2026-11-24T20:00:00.400Z");

export const STORY = {
  id: "summit",
  url: "https://news.example.org/a/summit.html",
  headline: "Second summit agreed",
  body: `<p>${"The two leaders will meet again. ".repeat(60)}</p>`,
  section: "USA",
  tags: ["北朝鮮"],
  published: "2026-11-24T18:00:00Z",
  revision: 1,
};

export type TestWire = {
  app: Hono;
  services: Services;
  /** Those of the app, for a server beside it. */
  documents: Documents;
  stores: { newsroom: MemoryStore; published: MemoryStore };
  /** Moves with the test. */
  clock: { now: number };
  logs: { event: string; details: Record<string, unknown> }[];
  /** Each call of publish, in order. */
  published: string[][];
  /** Set to make publish fail. */
  failure: { error?: Error };
  send(method: string, path: string, options?: Sent): Promise<Response>;
};

export type Sent = {
  body?: unknown;
  headers?: Record<string, string>;
  /** null: none. */
  token?: string | null;
};

/** The wire over HTTP as it is, on stores in memory: nothing but time, sleep and the log are the test's. */
export function testWire(fields: Partial<SiteConfig> = {}): TestWire {
  const clock = { now: NOW };
  const logs: TestWire["logs"] = [];
  const published: string[][] = [];
  const failure: TestWire["failure"] = {};
  const stores = { newsroom: new MemoryStore(() => clock.now), published: new MemoryStore(() => clock.now) };
  const site = testSite({ hubs: ["https://hub.example.org/"], ...fields }, ORIGIN);
  const services = createServices({
    site,
    stores,
    now: () => clock.now,
    log: (event, details = {}) => logs.push({ event, details }),
  });
  const documents = createDocuments(services);
  const app = createApp({
    services,
    documents,
    tokens: anyOf(tokensFrom("cms=secret-of-the-cms,desk=secret-of-the-desk"), storedTokens(services)),
    publish: async (ids) => {
      published.push(ids);
      if (failure.error) throw failure.error;
      return (await services.publisher.publish(ids)).left;
    },
  });
  const send = (method: string, path: string, options: Sent = {}) =>
    app.fetch(request(method, path, options));
  return {
    app,
    services,
    documents,
    stores,
    clock,
    logs,
    published,
    failure,
    send: async (...all) => send(...all),
  };
}

export function request(method: string, path: string, { body, headers, token }: Sent = {}): Request {
  return new Request(`${ORIGIN}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { Authorization: `Bearer ${token ?? "secret-of-the-cms"}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body), duplex: "half" }),
  });
}

function isRaw(body: unknown): body is string | Buffer<ArrayBuffer> | ReadableStream<Uint8Array> {
  return typeof body === "string" || body instanceof Uint8Array || body instanceof ReadableStream;
}

/** Reads a problem, having checked that it is one. */
export async function problem(response: Response): Promise<Record<string, unknown>> {
  const { status, headers } = response;
  const value = (await response.json()) as Record<string, unknown>;
  const isProblem = headers.get("content-type") === "application/problem+json" && value.status === status;
  if (!isProblem) throw new Error(`not a problem: ${status} ${JSON.stringify(value)}`);
  return value;
}
