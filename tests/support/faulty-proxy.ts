import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code><Message>Wait</Message></Error>';

/**
 * Stands before an S3 over HTTP. From the request of this number on, it refuses `count` requests with 503 without
 * passing them on. Signatures hold, because the Host header goes through as it came.
 */
export async function refusingProxy(upstream: string, { from, count }: { from: number; count: number }) {
  let requests = 0;
  let refused = 0;
  const proxy = await startProxy((request, response) => {
    if (requests++ < from || refused >= count) return pass(upstream, request, response);
    refused++;
    const refuse = () => response.writeHead(503, { "content-type": "application/xml" }).end(SLOW_DOWN);
    request.resume().on("end", refuse);
  });
  return { ...proxy, refused: () => refused };
}

/** Stands before an S3 that checks no signatures, and takes these headers out of every request. */
export function strippingProxy(upstream: string, names: string[]) {
  return startProxy((request, response) => {
    for (const name of names) delete request.headers[name];
    pass(upstream, request, response);
  });
}

/**
 * Stands before an S3 that checks a condition in one step and writes in another, as moto does: one request at a time
 * reaches it.
 */
export function serialProxy(upstream: string) {
  let last: Promise<void> = Promise.resolve();
  return startProxy((request, response) => {
    const answered = new Promise<void>((resolve) => response.once("close", resolve));
    last = last.then(() => {
      pass(upstream, request, response);
      return answered;
    });
  });
}

async function startProxy(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function pass(upstream: string, request: IncomingMessage, response: ServerResponse): void {
  const { hostname, port } = new URL(upstream);
  const { method, url: path, headers } = request;
  const onward = forward({ hostname, port, method, path, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(response);
  });
  onward.on("error", () => response.destroy());
  request.pipe(onward);
}
