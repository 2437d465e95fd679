import { MAX_ASKED_MS } from "./limits.ts";

/** How a consumer asks: `fetch` of the platform, or one that a test or a simulator brings. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The log cannot be followed now. `status`: the answer of the wire, where there was one. */
export class FollowError extends Error {
  override readonly name = "FollowError";
  readonly status: number | undefined;
  /** For how long the wire asks to be left alone, milliseconds. */
  readonly retryAfter: number;

  constructor(
    message: string,
    { status, retryAfter = 0, cause }: { status?: number; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What to ask. `etag`: that of the copy at hand. `again`: no cache of the platform may answer without asking the wire. */
export type Ask = { maxBytes: number; etag?: string | undefined; again?: boolean };

export type Answer = { bytes: Uint8Array; etag: string | undefined };

/** Answers "unchanged" where the copy with that ETag is the newest. Throws a FollowError for everything but 200 and 304. */
export async function get(
  fetch: Fetch,
  url: string,
  { maxBytes, etag, again }: Ask,
  signal: AbortSignal | undefined,
): Promise<Answer | "unchanged"> {
  try {
    const response = await fetch(url, {
      ...(etag === undefined ? {} : { headers: { "If-None-Match": etag } }),
      ...(again && etag === undefined && { cache: "no-cache" }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.status === 304 && etag !== undefined) return "unchanged";
    if (response.status !== 200) {
      await response.body?.cancel();
      throw refused(url, response);
    }
    return { bytes: await bytesOf(response, url, maxBytes), etag: response.headers.get("ETag") ?? undefined };
  } catch (cause) {
    if (cause instanceof FollowError) throw cause;
    throw new FollowError(`${url} cannot be read: ${wordsOf(cause)}`, { cause });
  }
}

/** The JSON in an answer. Throws a FollowError for a body that is not JSON or not of this shape, because it was cut off or is another document. */
export function parse<T>(url: string, bytes: Uint8Array, isRight: (value: unknown) => value is T): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new FollowError(`${url} is no JSON.`, { status: 200 });
  }
  if (isRight(value)) return value;
  throw new FollowError(`${url} is not what stands there on a wire with a change log.`, { status: 200 });
}

/** As RFC 9530 §2 writes it. */
export async function digestOf(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return `sha-256=:${btoa(String.fromCharCode(...new Uint8Array(hash)))}:`;
}

/** Resolves after so many milliseconds, or when the signal comes. */
export function sleepFor(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
    if (signal?.aborted) done();
  });
}

function refused(url: string, { status, headers }: Response): FollowError {
  const seconds = Number(headers.get("Retry-After") ?? 0);
  const retryAfter = seconds > 0 ? Math.min(seconds * 1_000, MAX_ASKED_MS) : 0;
  return new FollowError(`${url} answers ${status}.`, { status, retryAfter });
}

/** The body, without what a wire that went wrong may send behind the largest document. */
async function bytesOf(response: Response, url: string, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length <= maxBytes) continue;
    await reader?.cancel();
    throw new FollowError(`${url} has more than ${maxBytes} bytes.`);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** `fetch failed` says nothing; its cause does. Ends with a full stop. */
function wordsOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } };
  const words = cause?.message || cause?.code || message || String(error);
  return words.replace(/\.?$/, ".");
}
