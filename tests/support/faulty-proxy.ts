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
  const server = createServer((request, response) => {
    if (requests++ < from || refused >= count) return pass(upstream, request, response);
    refused++;
    request
      .resume()
      .on("end", () => response.writeHead(503, { "content-type": "application/xml" }).end(SLOW_DOWN));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused: () => refused,
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
