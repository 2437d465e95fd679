import { createContext, runInContext } from "node:vm";

/** What a CloudFront Function answers a request with; without a status the request goes on to `path`. */
export type EdgeAnswer = { status?: number; headers?: Record<string, string>; path?: string };

type Value = { value: string; multiValue?: { value: string }[] };
type Handled = { uri?: string; statusCode?: number; headers: Record<string, Value> };

/**
 * Runs the code of a function on a viewer's request, as CloudFront would hand it over
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html, version 1.0).
 */
export function runAtEdge(code: string, method: string, url: string): EdgeAnswer {
  const request = requestOf(method, url);
  const { statusCode, headers, uri } = run(code, { context: { eventType: "viewer-request" }, request });
  if (statusCode === undefined) return { path: uri as string };
  return { status: statusCode, headers: plain(headers) };
}

/** Runs the code of a function on the answer to a viewer's request; header names are lower case. Answers the headers. */
export function runOnAnswer(
  code: string,
  { method, url }: { method: string; url: string },
  answer: { status: number; headers: Record<string, string> },
): Record<string, string> {
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, { value }]),
  );
  const { status: statusCode } = answer;
  const response = { statusCode, statusDescription: "", headers, cookies: {} };
  const event = { context: { eventType: "viewer-response" }, request: requestOf(method, url), response };
  return plain(run(code, event).headers);
}

function requestOf(method: string, url: string) {
  const { pathname, search, host } = new URL(url);
  const querystring: Record<string, Value> = {};
  for (const part of search.slice(1).split("&").filter(Boolean)) {
    const [name = "", ...rest] = part.split("=");
    const value = rest.join("=");
    const known = querystring[name];
    if (known === undefined) querystring[name] = { value };
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  return { method, uri: pathname, querystring, headers: { host: { value: host } }, cookies: {} };
}

/** The runtime has nothing of Node, and hands plain data over. */
function run(code: string, event: object): Handled {
  const context = createContext({ event: JSON.stringify({ version: "1.0", ...event }) });
  const handled = runInContext(`${code}\nJSON.stringify(handler(JSON.parse(event)))`, context, {
    timeout: 1_000,
  });
  return JSON.parse(handled) as Handled;
}

function plain(headers: Record<string, Value>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value]));
}
