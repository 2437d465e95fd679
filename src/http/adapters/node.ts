import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Documents } from "../documents.ts";
import {
  CLOSE_GRACE_MS,
  HEADERS_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  MAX_HEADER_BYTES,
  REQUEST_TIMEOUT_MS,
} from "../limits.ts";
import { answerKnownAddress } from "./known-address.ts";
import { lingering } from "./lingering-close.ts";

export type Listening = {
  url: string;
  port: number;
  /** Takes no more connections, lets the requests under way finish within CLOSE_GRACE_MS, cuts off the rest. */
  close(): Promise<void>;
};

const OPTIONS = {
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  maxHeaderSize: MAX_HEADER_BYTES,
  connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 2,
  // Node would refuse it without a word; the listener refuses it, too.
  requireHostHeader: false,
};

const BARE_HEADERS = { "Content-Type": "application/problem+json", Connection: "close" };

/** The statuses for errors of Node's parser; any other error is a 400. */
const PARSER_STATUS: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};

/**
 * Serves over HTTP/1.1. Port 0 takes any free one. Rejects when it cannot listen there. With `documents`, which have to be those of
 * the app, documents that are read often do not go through the app.
 */
export async function listen(
  app: { fetch(request: Request): Response | Promise<Response> },
  { host, port }: { host: string; port: number },
  documents?: Documents,
): Promise<Listening> {
  const listener = getRequestListener(async (request) => lingering(request, await app.fetch(request)), {
    // Only this adapter wants its own classes; tests and other code keep those of the platform.
    overrideGlobalObjects: false,
    errorHandler: (error) => bareResponse(error instanceof RequestError ? 400 : 500),
  });
  const server = createServer(OPTIONS, async (incoming, outgoing) => {
    if (documents && (await answerKnownAddress(documents, incoming, outgoing))) return;
    nameHost(incoming);
    await listener(incoming, outgoing);
  });
  answerParserErrors(server);
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

/**
 * Only clients of HTTP/1.1 have to name the host (RFC 9112 §3.2). The answers do not depend on it, and the address of a request
 * needs one.
 */
function nameHost({ httpVersion, headers }: IncomingMessage): void {
  if (httpVersion === "1.0" && !headers.host) headers.host = "localhost";
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

/** Answers what never becomes a request, though not into an answer that is under way on the connection. */
function answerParserErrors(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.on("request", ({ socket }, response) => answers.set(socket, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // Answered already; this is the rest of what could not be read.
    if (socket.writableEnded) return;
    const last = answers.get(socket);
    const isUnderWay = last?.headersSent === true && !last.writableFinished;
    if (isUnderWay || !socket.writable) socket.destroy(error);
    else socket.end(parserRefusal(error.code), () => socket.destroy());
  });
}

/** The whole answer to what the parser refuses, as it goes over the wire. */
export function parserRefusal(code = ""): string {
  const status = PARSER_STATUS[code] ?? 400;
  const body = bareProblem(status);
  const headers = { ...BARE_HEADERS, "Content-Length": Buffer.byteLength(body) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, "", body].join("\r\n");
}

/** The answer to an invalid address or Host header (400). The app answers all other errors. */
function bareResponse(status: number): Response {
  return new Response(bareProblem(status), { status, headers: BARE_HEADERS });
}

/** `about:blank` says no more than the status does (RFC 9457 §4.2.1). */
function bareProblem(status: number): string {
  return `${JSON.stringify({ type: "about:blank", title: STATUS_CODES[status], status })}\n`;
}
