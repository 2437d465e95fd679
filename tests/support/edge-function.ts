import { createContext, runInContext } from "node:vm";

/** What a CloudFront Function answers a request with; without a status the request goes on to `path`. */
export type EdgeAnswer = { status?: number; headers?: Record<string, string>; path?: string };

type Value = { value: string; multiValue?: { value: string }[] };
type Handled = { uri?: string; statusCode?: number; headers: Record<string, Value> };

/** Runs the code of a function on a viewer's request, as CloudFront would hand it over (event structure 1.0). */
export function runAtEdge(code: string, method: string, url: string): EdgeAnswer {
  const { pathname, search, host } = new URL(url);
  const querystring: Record<string, Value> = {};
  for (const part of search.slice(1).split("&").filter(Boolean)) {
    const [name = "", ...rest] = part.split("=");
    const value = rest.join("=");
    const known = querystring[name];
    if (known === undefined) querystring[name] = { value };
    else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
  }
  const request = { method, uri: pathname, querystring, headers: { host: { value: host } }, cookies: {} };
  const context = createContext({ event: JSON.stringify({ version: "1.0", request }) });
  // The runtime has nothing of Node, and hands plain data over.
  const handled = runInContext(`${code}\nJSON.stringify(handler(JSON.parse(event)))`, context, {
    timeout: 1_000,
  });
  const { statusCode, headers, uri } = JSON.parse(handled) as Handled;
  if (statusCode === undefined) return { path: uri as string };
  const sent = Object.entries(headers).map(([name, { value }]) => [name, value]);
  return { status: statusCode, headers: Object.fromEntries(sent) };
}
