import { readFileSync } from "node:fs";
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { runAtEdge } from "../support/edge-function.ts";
import type { Wire } from "./deployed.ts";
import { callApi, type Reply } from "./http-api.ts";
import type { LambdaProcess } from "./runtime.ts";
import { run } from "./tools.ts";

/*
 * Plays CloudFront before the deployed wire, at its own address https://wire.test, by what the template
 * says of paths, functions, methods, routes and rights. Nothing is cached.
 */

export type Edge = {
  /** For a process that is to find wire.test here: through a proxy, with the certificate's authority. */
  env: Record<string, string>;
  stop(): void;
};

// biome-ignore lint/suspicious/noExplicitAny: a template is any JSON
type Json = any;

export async function startEdge(wire: Wire, ingest: LambdaProcess): Promise<Edge> {
  const [key, cert] = [join(wire.folder, "edge.key"), join(wire.folder, "edge.pem")];
  run("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...["-subj", "/CN=wire.test", "-addext", "subjectAltName=DNS:wire.test", "-keyout", key, "-out", cert],
  ]);
  // One environment of a function has one request at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const invoke = (event: unknown) => {
    const answer = turn.then(() => ingest.invoke(event));
    turn = answer;
    return answer;
  };
  const server = createServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    async (request, response) =>
      send(
        response,
        await answer(wire, request, invoke).catch((error) => ({ status: 502, body: String(error) })),
      ),
  );
  const proxy = createProxy();
  proxy.on("connect", (_request, socket) => {
    const upstream = connect((server.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on("error", () => socket.destroy());
  });
  for (const listener of [server, proxy]) {
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  }
  const { port } = proxy.address() as AddressInfo;
  return {
    env: {
      NODE_USE_ENV_PROXY: "1",
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: cert,
    },
    stop() {
      server.closeAllConnections();
      server.close();
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

async function answer(wire: Wire, request: IncomingMessage, invoke: LambdaProcess["invoke"]): Promise<Reply> {
  const { DistributionConfig } = wire.template.Resources.Distribution.Properties;
  const { pathname } = new URL(request.url ?? "/", "https://wire.test");
  const behavior =
    DistributionConfig.CacheBehaviors.find(({ PathPattern }: Json) => matches(PathPattern, pathname)) ??
    DistributionConfig.DefaultCacheBehavior;
  if (!behavior.AllowedMethods.includes(request.method)) return { status: 403 };
  for (const { FunctionARN } of behavior.FunctionAssociations ?? []) {
    const { FunctionCode } = wire.template.Resources[FunctionARN["Fn::GetAtt"][0]].Properties;
    const answered = runAtEdge(FunctionCode, request.method ?? "GET", `https://wire.test${request.url}`);
    if (answered.status !== undefined) return answered as Reply;
  }
  if (behavior.TargetOriginId === "api") return callApi(wire, request, invoke);
  return readSite(wire, pathname === "/" ? `/${DistributionConfig.DefaultRootObject}` : pathname);
}

/** A path pattern of CloudFront: * and ? stand for any characters and for one. */
function matches(pattern: string, path: string): boolean {
  const literal = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(path);
}

/** By the bucket's policy: what the distribution may not read is 403, what is not there 404. */
async function readSite({ services, template }: Wire, path: string): Promise<Reply> {
  const key = decodeURIComponent(path.slice(1));
  const { Statement } = template.Resources.SiteBucketPolicy.Properties.PolicyDocument;
  const readable = Statement.filter(({ Action }: Json) => Action === "s3:GetObject")
    .flatMap(({ Resource }: Json) => Resource)
    .map((resource: Json) => resource["Fn::Sub"].split(":s3:::")[1].replace(/^[^/]*\//, ""));
  if (!readable.some((pattern: string) => matches(pattern, key))) return { status: 403 };
  const found = await services.stores.published.get(key);
  if (found !== undefined) return { status: 200, headers: { etag: found.etag }, body: found.body };
  // Who may not list a bucket is not told what is missing.
  return { status: Statement.some(({ Action }: Json) => Action === "s3:ListBucket") ? 404 : 403 };
}

function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  response.writeHead(status, headers).end(body);
}
