import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { FlashwireError } from "../core/errors.ts";
import { bodyOf } from "./body.ts";
import { type Allowed, checkHost, checkUrl, type Resolve } from "./check.ts";
import { type Deadline, startDeadline, type Timer } from "./deadline.ts";
import { type Connect, exchange } from "./exchange.ts";
import * as most from "./limits.ts";
import { redirectOf, type Step } from "./redirect.ts";
import { shownUrl } from "./shown-url.ts";

export type FetchLimits = {
  totalMs: number;
  idleMs: number;
  maxRedirects: number;
  /** As they come over the wire. */
  maxBytes: number;
  maxUnpackedBytes: number;
  maxHeaderBytes: number;
};

export type FetchOptions = Allowed & {
  method?: string;
  /** Validators and credentials are the caller's; credentials go to the first origin alone. */
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  limits?: Partial<FetchLimits>;
  /** Gives the request up. */
  signal?: AbortSignal;
};

/** The answer at the end of all redirects, of any status. Its body is read, or given back with `cancel`. */
export type Fetched = {
  /** Where the answer comes from. */
  url: string;
  status: number;
  headers: Headers;
  /** The unpacked bytes, once. Throws as `bodyOf` does. */
  body: AsyncIterable<Uint8Array>;
  /** All of them. */
  bytes(): Promise<Uint8Array>;
  /** Ends the connection without reading on. */
  cancel(): Promise<void>;
};

/**
 * The one fetch of the wire for addresses from outside: from the site file, a command or another site. It checks each
 * address that it is sent to, connects to the address that was checked, and has a bound for all that the other side
 * decides. Throws `invalid` for an address that must not be asked for, `too-large`, `malformed`, and `unavailable` where
 * another try may help. Its errors show no credentials: see `shownUrl`.
 */
export type GuardedFetch = (address: string | URL, options?: FetchOptions) => Promise<Fetched>;

/** The world outside. The real one is the default. */
export type Outside = {
  resolve?: Resolve;
  timer?: Timer;
  /** Certificates to trust instead of those of Node, as PEM. */
  ca?: string;
  connect?: Connect;
};

const DEFAULTS: FetchLimits = {
  totalMs: most.TOTAL_MS,
  idleMs: most.IDLE_MS,
  maxRedirects: most.MAX_REDIRECTS,
  maxBytes: most.MAX_BYTES,
  maxUnpackedBytes: most.MAX_UNPACKED_BYTES,
  maxHeaderBytes: most.MAX_HEADER_BYTES,
};

/** Node's resolver asks the operating system, so `/etc/hosts` counts as it does for every other program. */
const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, order: "verbatim" });

const systemTimer: Timer = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

export function createFetch(outside: Outside = {}): GuardedFetch {
  const { resolve = systemResolve, timer = systemTimer, ca, connect } = outside;
  return async (address, options = {}) => {
    const limits = { ...DEFAULTS, ...options.limits };
    const first = firstStep(address, options);
    const deadline = startDeadline(first.url, limits, timer, options.signal);
    /** One request of a chain: its host is looked up and checked each time. */
    const ask = async (step: Step): Promise<IncomingMessage> => {
      const addresses = await deadline.waitAtMost(checkHost(step.url, resolve, options));
      const { signal } = deadline;
      return deadline.waitFor(exchange({ ...step, addresses }, { ...limits, signal, ca, connect }));
    };
    try {
      const { url, response } = await follow(first, ask, limits.maxRedirects, options);
      return fetchedOf(url, response, limits, deadline);
    } catch (error) {
      deadline.end();
      throw error;
    }
  };
}

/** The head of the last answer, and where it comes from. */
async function follow(
  first: Step,
  ask: (step: Step) => Promise<IncomingMessage>,
  maxRedirects: number,
  allowed: Allowed,
): Promise<{ url: URL; response: IncomingMessage }> {
  const seen = new Set<string>();
  for (let step = first; ; ) {
    seen.add(step.url.href);
    const response = await ask(step);
    const next = nextOf(step, response, allowed);
    if (next === undefined) return { url: step.url, response };
    const way = `${shownUrl(first.url)} sends its readers`;
    if (seen.has(next.url.href)) throw new FlashwireError("unavailable", `${way} round in a circle.`);
    if (seen.size > maxRedirects)
      throw new FlashwireError("unavailable", `${way} on more than ${maxRedirects} times.`);
    step = next;
  }
}

/** As `redirectOf`; the answer that leads on is closed. */
function nextOf(step: Step, response: IncomingMessage, allowed: Allowed): Step | undefined {
  let isLast = false;
  try {
    const next = redirectOf(step, response, allowed);
    isLast = next === undefined;
    return next;
  } finally {
    if (!isLast) response.destroy();
  }
}

/** What Node or this fetch sets itself. */
const OURS = ["host", "connection", "transfer-encoding", "content-length"];

function firstStep(address: string | URL, options: FetchOptions): Step {
  const headers = new Headers(options.headers);
  for (const name of OURS) headers.delete(name);
  if (!headers.has("user-agent")) headers.set("user-agent", "Flashwire");
  headers.set("accept-encoding", "gzip, deflate, br");
  const body = typeof options.body === "string" ? Buffer.from(options.body) : options.body;
  if (body !== undefined) headers.set("content-length", String(body.byteLength));
  return { url: checkUrl(address, options), method: options.method ?? "GET", headers, body };
}

function fetchedOf(url: URL, response: IncomingMessage, limits: FetchLimits, deadline: Deadline): Fetched {
  const body = bodyOf(url, response, limits, deadline);
  return {
    url: url.href,
    status: response.statusCode ?? 0,
    headers: headersOf(response),
    body,
    async bytes() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    async cancel() {
      deadline.end();
      response.destroy();
      await body.return(undefined);
    },
  };
}

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
  return headers;
}
