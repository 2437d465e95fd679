import { LRUCache } from "lru-cache";
import { STORIES } from "../core/keys.ts";
import { createApp } from "../http/app.ts";
import type { Parts } from "../services.ts";
import type { Faults } from "./faults.ts";
import { MAX_PATHS, OLDER_COPIES, RETRY_AFTER } from "./limits.ts";
import type { Fault } from "./mix.ts";
import type { FakeWire } from "./wire.ts";

/** What the requests of the public were like, since the wire began. */
export type Counts = {
  requests: number;
  /** Those with If-None-Match or If-Modified-Since. */
  conditional: number;
  /** Answers 304. */
  notModified: number;
  /** Those that came again before the Retry-After of the answer before had passed. */
  tooSoon: number;
};

export type Front = { answer(request: Request): Promise<Response>; counts: Counts };

type Outside = Pick<Parts, "now" | "sleep">;

/** What the public reads of the wire, with faults. `slowMs`: how long a slow answer takes. */
export function createFront(wire: FakeWire, faults: Faults, slowMs: number, outside: Outside): Front {
  const counts: Counts = { requests: 0, conditional: 0, notModified: 0, tooSoon: 0 };
  const closedUntil = new LRUCache<string, number>({ max: MAX_PATHS });
  const late = Array.from({ length: OLDER_COPIES }, (_, i) => lateApp(wire, i + 1));
  const lateOne = (draw: number) => late[Math.floor(draw * late.length)] ?? wire.app;

  async function answer(request: Request): Promise<Response> {
    const key = keyOf(request);
    const { fault, draw } = faults.choose(`/${key}`, (one) => canMeet(wire, one, request, key));
    count(request, key);
    const response = await (fault === undefined ? wire.app.fetch(request) : wrong(request, key, fault, draw));
    if (response.status === 304) counts.notModified++;
    return response;
  }

  async function wrong(request: Request, key: string, fault: Fault, draw: number): Promise<Response> {
    if (fault === "torn" || fault === "cut") return half(request, fault);
    faults.count(fault);
    if (fault === "busy") closedUntil.set(key, outside.now() + RETRY_AFTER * 1_000);
    if (fault === "busy") return refusal(429, RETRY_AFTER);
    if (fault === "error") return refusal(ERRORS[Math.floor(draw * ERRORS.length)] ?? 500);
    if (fault === "missing") return refusal(404);
    if (fault === "slow") await outside.sleep(slowMs);
    return (fault === "late" ? lateOne(draw) : wire.app).fetch(request);
  }

  /** The first half of a document, also for a client that has it; the headers of one that is `cut` promise the whole. */
  async function half({ url, headers }: Request, fault: "torn" | "cut"): Promise<Response> {
    const accept = headers.get("accept-encoding");
    const response = await wire.app.fetch(
      new Request(url, accept === null ? {} : { headers: { "Accept-Encoding": accept } }),
    );
    if (response.status !== 200) return response;
    faults.count(fault);
    const whole = new Uint8Array(await response.arrayBuffer());
    const part = whole.subarray(0, whole.byteLength >> 1);
    const changed = new Headers(response.headers);
    changed.set("Content-Length", String(fault === "torn" ? part.byteLength : whole.byteLength));
    // The server ends the connection where the body ends.
    if (fault === "cut") changed.set("Connection", "close");
    return new Response(part, { headers: changed });
  }

  function count({ headers }: Request, key: string): void {
    counts.requests++;
    if (headers.has("if-none-match") || headers.has("if-modified-since")) counts.conditional++;
    if (outside.now() < (closedUntil.get(key) ?? 0)) counts.tooSoon++;
  }

  return { answer, counts };
}

const ERRORS = [500, 502, 503, 504];

function lateApp(wire: FakeWire, age: number) {
  const { services, older } = wire;
  const stores = { ...services.stores, published: older.asOf(age) };
  const deps = { tokens: async () => undefined, publish: async () => new Map() };
  return createApp({ services: { ...services, stores }, ...deps });
}

/** The key of the document that is asked for; none where the path holds no UTF-8. */
function keyOf({ url }: Request): string {
  try {
    return decodeURIComponent(new URL(url).pathname.slice(1));
  } catch {
    return "";
  }
}

/** A cache gives older copies of what has changed, and a 404 only for a while after a story is new. */
function canMeet({ older }: FakeWire, fault: Fault, { method }: Request, key: string): boolean {
  if (fault === "late") return older.has(key);
  if (fault === "missing") return key.startsWith(STORIES);
  return method === "GET" || (fault !== "torn" && fault !== "cut");
}

/** What a proxy answers: no JSON, and nothing that a cache keeps. */
function refusal(status: number, retryAfter?: number): Response {
  return new Response(
    `<html><body><h1>${status}</h1><p>The fake wire was told to fail.</p></body></html>\n`,
    {
      status,
      headers: {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        // A page in a browser sees which status it is.
        "Access-Control-Allow-Origin": "*",
        ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }),
      },
    },
  );
}
