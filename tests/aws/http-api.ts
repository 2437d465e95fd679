import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { httpRequest } from "./account.ts";
import type { Wire } from "./deployed.ts";
import type { LambdaProcess } from "./runtime.ts";

/* Plays the HTTP API before `ingest`: its routes, the event that Lambda gets, and the sizes that both of them take. */

// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
type Json = any;
export type Reply = { status: number; headers?: Record<string, string>; body?: string | Uint8Array };

/** Payload of a request: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
export const MAX_API_PAYLOAD_BYTES = 10 * 1_048_576;

/** The same page: the request line and the values of all headers together. */
const MAX_API_HEADER_BYTES = 10_240;

/**
 * Payload of a synchronous invocation, in which MB is 1,024 KB:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_INVOCATION_BYTES = 6 * 1_048_576;

/** Neither page says which body comes with it. HTTP APIs answer in this form; the wire must read no more than the status. */
const TOO_LARGE = { status: 413, body: '{"message":"Request Entity Too Large"}' };

type Request = Pick<IncomingMessage, "method" | "url"> & { headers: IncomingHttpHeaders };

/** What the HTTP API of this template answers to a request that has come to its endpoint. */
export async function callApi(
  { template }: Pick<Wire, "template">,
  request: IncomingMessage,
  invoke: LambdaProcess["invoke"],
  added: Record<string, string> = {},
): Promise<Reply> {
  const { pathname } = new URL(request.url ?? "/", "https://wire.test");
  const routes = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::ApiGatewayV2::Route");
  const route = routes
    .map(({ Properties }) => Properties.RouteKey)
    .find((key) => takes(key, request.method, pathname));
  if (route === undefined) return { status: 404, body: '{"message":"Not Found"}' };
  const headers = { ...request.headers, ...added };
  if (headBytes({ ...request, headers }) > MAX_API_HEADER_BYTES) return { status: 431 };
  const body = await buffer(request);
  if (body.byteLength > MAX_API_PAYLOAD_BYTES) return TOO_LARGE;
  const { method, url } = request;
  const stageVariables = template.Resources.HttpApiStage?.Properties.StageVariables;
  const event = { ...eventOf({ method, url, headers }, route, body), stageVariables };
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_INVOCATION_BYTES) return TOO_LARGE;
  return replyOf(await invoke(event));
}

/**
 * What Lambda is invoked with (payload format 2.0,
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html). Only a body of a
 * type that stands for text is a string as it is; any other is base64
 * (https://aws.amazon.com/blogs/compute/handling-binary-data-using-amazon-api-gateway-http-apis/). A packed body is
 * counted as binary, whatever its type.
 */
export function eventOf({ method = "GET", url = "/", headers }: Request, routeKey: string, body: Uint8Array) {
  const type = headers["content-type"] ?? "";
  const isPlain = (headers["content-encoding"] ?? "identity") === "identity";
  const isText = isPlain && /^(text\/|application\/(json|javascript|xml)\b)/.test(type);
  const text = Buffer.from(body).toString(isText ? "utf8" : "base64");
  const sent = { ...headers };
  if (type === "") delete sent["content-type"];
  return { ...httpRequest(method, url, "", text, type), routeKey, headers: sent, isBase64Encoded: !isText };
}

function replyOf(answered: Awaited<ReturnType<LambdaProcess["invoke"]>>): Reply {
  // An answer that is too large is an error of the function, too.
  if (!answered.ok || Buffer.byteLength(JSON.stringify(answered.result)) > MAX_INVOCATION_BYTES)
    return { status: 500, body: '{"message":"Internal Server Error"}' };
  const result = answered.result as Json;
  return {
    status: result.statusCode,
    headers: result.headers,
    body: Buffer.from(result.body ?? "", result.isBase64Encoded ? "base64" : "utf8"),
  };
}

function headBytes({ method, url, headers }: Request): number {
  const values = Object.values(headers).map((value) => Buffer.byteLength(String(value)));
  return values.reduce((sum, bytes) => sum + bytes, Buffer.byteLength(`${method} ${url} HTTP/1.1`));
}

/** "ANY /articles/{proxy+}" takes what is below /articles/. */
function takes(routeKey: string, method: string | undefined, path: string): boolean {
  const [wanted, pattern = ""] = routeKey.split(" ");
  const [stem = "", rest] = pattern.split("{proxy+}");
  const fits = rest === undefined ? path === pattern : path.startsWith(stem) && path.length > stem.length;
  return fits && (wanted === "ANY" || wanted === method);
}
