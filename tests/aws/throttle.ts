import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before S3 and answers 503 SlowDown to as many requests as it is told to. */
export async function startThrottle(target: string) {
  let slow = 0;
  const server = createServer((incoming, outgoing) => {
    if (slow > 0) {
      slow--;
      incoming.resume();
      outgoing.writeHead(503, { "Content-Type": "application/xml" });
      outgoing.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
      return;
    }
    const { method = "GET", url = "/", headers } = incoming;
    const passed = request(new URL(url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    slowDown: (requests: number) => {
      slow = requests;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
