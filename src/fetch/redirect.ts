import type { IncomingMessage } from "node:http";
import { FlashwireError } from "../core/errors.ts";
import { type Allowed, checkUrl } from "./check.ts";
import { shownUrl } from "./shown-url.ts";

/** A request as the next step of a chain of redirects makes it. */
export type Step = { url: URL; method: string; headers: Headers; body: Uint8Array | undefined };

/** Headers that may go to another origin: any other header may be a credential, or the name of one. */
const FOR_OTHERS = ["accept", "accept-encoding", "accept-language", "content-type", "user-agent"];

/**
 * The request that an answer sends its reader on to; undefined where the answer is to be taken as it is. GET and HEAD
 * follow every redirect. Others follow 307 and 308, which keep the method (RFC 9110 §15.4); after another one it is not
 * known whether the request is to be repeated. Throws `invalid` where it leads to a place that must not be asked for.
 */
export function redirectOf(step: Step, response: IncomingMessage, allowed: Allowed): Step | undefined {
  const { statusCode = 0, headers } = response;
  const isRead = step.method === "GET" || step.method === "HEAD";
  const follows = isRead ? [301, 302, 303, 307, 308] : [307, 308];
  if (!follows.includes(statusCode) || headers.location === undefined) return undefined;
  const url = checkUrl(headers.location, allowed, step.url);
  if (step.url.protocol === "https:" && url.protocol === "http:") {
    const what = `${shownUrl(step.url)} sends its readers to ${shownUrl(url)}, which is not encrypted`;
    throw new FlashwireError("invalid", `${what}: the wire does not follow.`);
  }
  return { ...step, url, headers: url.origin === step.url.origin ? step.headers : forOthers(step.headers) };
}

function forOthers(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => FOR_OTHERS.includes(name)));
}
