import { readFileSync } from "node:fs";
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createDistribution, type Distribution } from "./cloudfront/distribution.ts";
import { type Asked, NO_BODY } from "./cloudfront/http.ts";
import { siteBucket } from "./cloudfront/site-bucket.ts";
import type { Wire } from "./deployed.ts";
import { callApi } from "./http-api.ts";
import type { LambdaProcess } from "./runtime.ts";
import { run } from "./tools.ts";

/* Plays CloudFront before the deployed wire, at its own address https://wire.test. The rules stand in cloudfront/. */

export type Edge = {
  /** For a process that is to find wire.test here: through a proxy, with the certificate's authority. */
  env: Record<string, string>;
  /** The same for a function, which takes no proxy: see edge-network.cjs. */
  network: Record<string, string>;
  stop(): void;
};

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
  const distribution = distributionOf(wire, invoke);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) =>
    respond(distribution, request, response),
  );
  const proxy = createProxy();
  const portOf = (listener: typeof server | typeof proxy) => (listener.address() as AddressInfo).port;
  proxy.on("connect", (_request, socket) => {
    const upstream = connect(portOf(server), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on("error", () => socket.destroy());
  });
  for (const listener of [server, proxy]) {
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  }
  return {
    env: {
      NODE_USE_ENV_PROXY: "1",
      HTTPS_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
      NODE_EXTRA_CA_CERTS: cert,
    },
    network: { EDGE_PORT: String(portOf(server)), NODE_EXTRA_CA_CERTS: cert },
    stop() {
      server.closeAllConnections();
      server.close();
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}

/** The distribution of the template before the deployed API and the site bucket of the look-alike. */
function distributionOf(wire: Wire, invoke: LambdaProcess["invoke"]): Distribution {
  const api = async (asked: Asked) => {
    const { status, headers = {}, body = "" } = await callApi(wire, incoming(asked), invoke);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { status, headers: Object.fromEntries(named), body: Buffer.from(body) };
  };
  const site = siteBucket(wire.template, wire.services.stores.published);
  return createDistribution({ template: wire.template, origins: { api, missing: api, site }, now: edgeNow });
}

/** An hour at this edge is a minute, so that what it keeps for 30 s holds nobody up. */
const edgeNow = () => Date.now() * 60;

function incoming({ method, path, headers, body = NO_BODY }: Asked): IncomingMessage {
  return Object.assign(Readable.from([body]), { method, url: path, headers }) as unknown as IncomingMessage;
}

async function askedBy(request: IncomingMessage): Promise<Asked> {
  const { method = "GET", url: path = "/" } = request;
  const sent = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  const headers: Record<string, string> = Object.fromEntries(sent);
  // A request of HTTP/1.0 loses the header: .../DeveloperGuide/ServingCompressedFiles.html
  if (request.httpVersion === "1.0") delete headers["accept-encoding"];
  return { method, path, headers, body: await buffer(request) };
}

async function respond(distribution: Distribution, request: IncomingMessage, response: ServerResponse) {
  const failed = (error: unknown) => ({ status: 502, headers: {}, body: Buffer.from(String(error)) });
  const { status, headers, body } = await distribution.answer(await askedBy(request)).catch(failed);
  response.writeHead(status, headers).end(body);
}
