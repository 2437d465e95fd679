import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file that is nowhere: its bytes are made when they are asked for. */
export type MadeFile = { size: number; etag: string; read(from: number, to: number): Buffer };

export type Gate = {
  url: string;
  /** Answers 503 SlowDown to so many requests. */
  slowDown(requests: number): void;
  /** Whom to tell of each object written through the gate, as S3 tells its queues; nobody by default. */
  onWritten: ((bucket: string, key: string) => void) | undefined;
  /** Serves this file at `/bucket/key`. */
  serve(path: string, file: MadeFile): void;
  stop(): void;
};

/** Stands before S3, path style. */
export async function startGate(target: string): Promise<Gate> {
  let slow = 0;
  const made = new Map<string, MadeFile>();
  const server = createServer((incoming, outgoing) => {
    const [path = ""] = incoming.url?.split("?") ?? [];
    const file = made.get(path);
    if (slow > 0) {
      slow--;
      incoming.resume();
      outgoing.writeHead(503, { "Content-Type": "application/xml" });
      outgoing.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
    } else if (file !== undefined) sendFile(file, incoming, outgoing);
    else pass(target, incoming, outgoing, () => tell(gate, incoming.method, path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onWritten: undefined,
    slowDown: (requests) => {
      slow = requests;
    },
    serve: (path, file) => made.set(path, file),
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return gate;
}

function pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse, done: () => void): void {
  const { method = "GET", url = "/", headers } = incoming;
  const passed = request(new URL(url, target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
    if (answer.statusCode === 200) done();
  });
  passed.on("error", () => outgoing.destroy());
  incoming.pipe(passed);
}

function tell(gate: Gate, method: string | undefined, path: string): void {
  const [, bucket = "", ...key] = path.split("/");
  if (method === "PUT" && key.length > 0) gate.onWritten?.(bucket, decodeURIComponent(key.join("/")));
}

function sendFile({ size, etag, read }: MadeFile, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const [, first = "0", last = String(size - 1)] =
    /^bytes=(\d+)-(\d+)$/.exec(incoming.headers.range ?? "") ?? [];
  const [from, to] = [Number(first), Math.min(Number(last) + 1, size)];
  outgoing.writeHead(incoming.headers.range === undefined ? 200 : 206, {
    ETag: etag,
    "Content-Length": to - from,
    "Last-Modified": new Date(0).toUTCString(),
    ...(incoming.headers.range === undefined ? {} : { "Content-Range": `bytes ${from}-${to - 1}/${size}` }),
  });
  outgoing.end(incoming.method === "HEAD" ? undefined : read(from, to));
}
