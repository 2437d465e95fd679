import { createServer, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import {
  CLOSE_GRACE_MS,
  HEADERS_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  MAX_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
} from "../core/limits.ts";

export type Listening = {
  url: string;
  port: number;
  /** Takes no more connections, lets the requests under way finish within CLOSE_GRACE_MS, cuts off the rest. */
  close(): Promise<void>;
};

/** Serves over HTTP/1.1. Port 0 takes any free one. Rejects when it cannot listen there. */
export async function listen(
  app: { fetch(request: Request): Response | Promise<Response> },
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: (request) => app.fetch(request),
    createServer,
    // Only this adapter wants its own classes; tests and other code keep those of the platform.
    overrideGlobalObjects: false,
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
    },
  }) as Server;
  server.setTimeout(IDLE_TIMEOUT_MS);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === "object" && address !== null ? address.port : port;
  const name = host.includes(":") ? `[${host}]` : host;
  return { url: `http://${name}:${bound}`, port: bound, close: () => close(server) };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    // A connection that has answered its last request would stay open for another one.
    const idle = setInterval(() => server.closeIdleConnections(), 50);
    const late = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
    server.close((error) => {
      clearInterval(idle);
      clearTimeout(late);
      if (error) reject(error);
      else resolve();
    });
  });
}
