import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Guard } from "./guard.ts";

/** A file that is nowhere: its bytes are made when they are asked for. */
export type MadeFile = { size: number; etag: string; read(from: number, to: number): Buffer };

export type Gate = {
  url: string;
  /** Answers 503 SlowDown to so many requests. */
  slowDown(requests: number): void;
  /** Whom to tell of each object written through the gate, as S3 tells its queues; nobody by default. */
  onWritten: ((bucket: string, key: string) => void) | undefined;
  /** Says which requests S3 refuses; without it, it takes all. */
  guard: Guard | undefined;
  /** Serves this file at `/bucket/key`. */
  serve(path: string, file: MadeFile): void;
  stop(): void;
};

/**
 * Stands before S3, path style. The look-alike checks a condition and writes in two steps, so that two of several writers can
 * win; S3 lets one win (https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html). Here writes of one
 * key reach it one after the other.
 */
export async function startGate(target: string): Promise<Gate> {
  let slow = 0;
  const inTurn = createTurns();
  const made = new Map<string, MadeFile>();
  const server = createServer((incoming, outgoing) => {
    const [path = ""] = incoming.url?.split("?") ?? [];
    const file = made.get(path);
    const refused = refusalOf(gate.guard, incoming);
    if (refused !== undefined) {
      incoming.resume();
      refuse(outgoing, refused);
    } else if (slow > 0) {
      slow--;
      incoming.resume();
      outgoing.writeHead(503, { "Content-Type": "application/xml" });
      outgoing.end("<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>");
    } else if (file !== undefined) sendFile(file, incoming, outgoing);
    else {
      const passing = { incoming, outgoing, gate, done: () => tell(gate, incoming.method, path) };
      if (!/^(PUT|POST|DELETE)$/.test(incoming.method ?? "")) void pass(target, passing);
      else
        buffer(incoming).then(
          (body) => inTurn(path, () => pass(target, passing, body)),
          () => outgoing.destroy(),
        );
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gate: Gate = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    onWritten: undefined,
    guard: undefined,
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

/** A request that no rule knows is refused, too: the wire has to say first what it needs. */
function refusalOf(guard: Guard | undefined, incoming: IncomingMessage): string | undefined {
  try {
    return guard?.refusal(incoming);
  } catch (error) {
    guard?.refusedToFunctions.push(String(error));
    return String(error);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; the reason is not S3's, which keeps it for itself. */
function refuse(outgoing: ServerResponse, reason: string): void {
  outgoing.writeHead(403, { "Content-Type": "application/xml" });
  outgoing.end(`<Error><Code>AccessDenied</Code><Message>Access Denied by ${reason}</Message></Error>`);
}

type Passing = { incoming: IncomingMessage; outgoing: ServerResponse; gate: Gate; done(): void };

/** Runs what has the same name one after the other. */
function createTurns() {
  const last = new Map<string, Promise<void>>();
  return async (name: string, run: () => Promise<void>) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(run);
    last.set(name, turn);
    await turn;
    if (last.get(name) === turn) last.delete(name);
  };
}

/** Resolves when the look-alike has answered. Without a body, that of the request goes through as it comes. */
function pass(target: string, { incoming, outgoing, gate, done }: Passing, body?: Buffer): Promise<void> {
  const { method = "GET", url = "/", headers } = incoming;
  const passed = request(new URL(url, target), { method, headers }, (answer) => {
    const isMissing = answer.statusCode === 404 && (method === "GET" || method === "HEAD");
    if (isMissing && gate.guard?.mayKnowMissing(incoming) === false) {
      answer.resume();
      gate.guard.refusedToFunctions.push(`${method} ${url}: 403 for what is not there`);
      return refuse(outgoing, "the want of s3:ListBucket");
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
    if (answer.statusCode === 200) done();
  });
  passed.on("error", () => outgoing.destroy());
  if (body === undefined) incoming.pipe(passed);
  else passed.end(body);
  return new Promise((resolve) => {
    for (const event of ["response", "close"]) passed.once(event, () => resolve());
  });
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
