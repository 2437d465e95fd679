import type { IncomingMessage } from "node:http";
import { FlashwireError } from "../core/errors.ts";
import { type Coding, unpack } from "../stream/unpack.ts";
import type { Deadline } from "./deadline.ts";
import { brokenOff } from "./exchange.ts";
import { shownUrl } from "./shown-url.ts";

type Bounds = { maxBytes: number; maxUnpackedBytes: number };

const CODINGS: Record<string, Coding | "deflate?" | undefined> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  br: "br",
  deflate: "deflate?",
};

/**
 * The bytes of an answer, unpacked, at most as many as the bounds say. Ends the time of the request when it is through,
 * and the connection too when the caller stops before. Throws `too-large` beyond a bound, `malformed` for packed bytes that
 * are none, `unavailable` for an answer that breaks off, is shorter than it says or takes too long.
 */
export async function* bodyOf(
  url: URL,
  response: IncomingMessage,
  { maxBytes, maxUnpackedBytes }: Bounds,
  deadline: Deadline,
): AsyncGenerator<Uint8Array> {
  try {
    const coding = codingOf(url, response);
    const sent = bounded(url, response, maxBytes, deadline);
    yield* coding === undefined ? sent : unpacked(url, sent, coding, maxUnpackedBytes);
  } finally {
    deadline.end();
    response.destroy();
  }
}

async function* bounded(url: URL, response: IncomingMessage, max: number, deadline: Deadline) {
  const tooLarge = () =>
    new FlashwireError("too-large", `The answer of ${shownUrl(url)} has more than ${max} bytes.`);
  if (Number(response.headers["content-length"] ?? 0) > max) throw tooLarge();
  const chunks: AsyncIterator<Uint8Array> = response[Symbol.asyncIterator]();
  let size = 0;
  for (;;) {
    const next = await deadline.waitFor(chunks.next()).catch((error: unknown) => {
      throw deadline.signal.aborted ? deadline.signal.reason : brokenOff(url, error);
    });
    if (next.done) return;
    size += next.value.byteLength;
    if (size > max) throw tooLarge();
    yield next.value;
  }
}

/** Undefined where the bytes are as they are. */
function codingOf(url: URL, { headers }: IncomingMessage): Coding | "deflate?" | undefined {
  const name = (headers["content-encoding"] ?? "").trim().toLowerCase();
  if (name === "" || name === "identity") return undefined;
  const coding = Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
  if (coding !== undefined) return coding;
  const detail = `The answer of ${shownUrl(url)} is packed in a way that was not asked for`;
  throw new FlashwireError("malformed", `${detail}: ${name.slice(0, 40)}.`);
}

async function* unpacked(
  url: URL,
  sent: AsyncGenerator<Uint8Array>,
  coding: Coding | "deflate?",
  max: number,
): AsyncGenerator<Uint8Array> {
  try {
    const [chunks, kind] = coding === "deflate?" ? await deflateOf(sent) : [sent, coding];
    yield* unpack(chunks, kind, max);
  } catch (error) {
    // Its sentences have no address and no full stop.
    if (!(error instanceof FlashwireError) || error.code === "unavailable" || error.message.endsWith("."))
      throw error;
    const message = `The answer of ${shownUrl(url)} cannot be unpacked. ${error.message}.`;
    throw new FlashwireError(error.code, message, [], { cause: error });
  }
}

/** Some servers send deflate without its envelope (RFC 9110 §8.4.1.2). The first two bytes tell (RFC 1950 §2.2). */
async function deflateOf(sent: AsyncGenerator<Uint8Array>): Promise<[AsyncIterable<Uint8Array>, Coding]> {
  let head: Uint8Array = new Uint8Array();
  while (head.byteLength < 2) {
    const next = await sent.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const [first = 0, second = 0] = head;
  const hasEnvelope = (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
  return [joined(head, sent), hasEnvelope ? "deflate" : "deflate-raw"];
}

async function* joined(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.byteLength > 0) yield head;
  yield* rest;
}
