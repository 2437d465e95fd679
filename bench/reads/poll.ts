import { once } from "node:events";
import { connect, type Socket } from "node:net";

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** A GET of this path with these headers, as bytes. */
export function requestBytes(path: string, headers: Record<string, string>): Buffer {
  const lines = Object.entries({ Host: "127.0.0.1", "User-Agent": "bench", Accept: "*/*", ...headers });
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
  );
}

/** `readers` keep their connections open, as a CDN and a proxy do. */
export type Load = { readers: number; count: number };

/**
 * Sends the request `count` times in all. Each reader waits for one answer before it asks again. Rejects when an answer has another
 * status than `status`.
 */
export async function poll(
  port: number,
  request: Buffer,
  status: number,
  { readers, count }: Load,
): Promise<void> {
  let left = count;
  const reader = async () => {
    const socket = connect(port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    const answers = answersOf(socket, request);
    while (left-- > 0) {
      const got = await answers.next();
      if (got !== status) throw new Error(`The server answers ${got} where the bench expects ${status}.`);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: readers }, reader));
}

/** One status after the other. */
function answersOf(socket: Socket, request: Buffer): { next(): Promise<number> } {
  let received: Buffer[] = [];
  let size = 0;
  let whole: number | undefined;
  let done: (status: number) => void = () => {};
  let failed: (error: Error) => void = () => {};
  socket.on("error", (error) => failed(error));
  socket.on("close", () => failed(new Error("The server has closed the connection.")));
  socket.on("data", (chunk: Buffer) => {
    received.push(chunk);
    size += chunk.length;
    whole ??= wholeLength(received.length === 1 ? chunk : Buffer.concat(received));
    if (whole === undefined || size < whole) return;
    if (size > whole) return failed(new Error("The answer is longer than it says."));
    const status = Number(received[0]?.toString("latin1", 9, 12));
    [received, size, whole] = [[], 0, undefined];
    done(status);
  });
  return {
    next: () =>
      new Promise((resolve, reject) => {
        [done, failed] = [resolve, reject];
        socket.write(request);
      }),
  };
}

/** Bytes of the whole answer that begins so; undefined where its head has not come yet. */
function wholeLength(bytes: Buffer): number | undefined {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const body = / 304 /.test(head.slice(0, 14)) ? 0 : Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
  return end + END_OF_HEAD.length + body;
}
