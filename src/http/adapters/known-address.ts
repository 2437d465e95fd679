import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReaderHeaders } from "../conditions.ts";
import type { Documents } from "../documents.ts";

/** A host whose name and port an address repeats as they are: no character ends the name, or changes when it is parsed. */
const PLAIN_HOST = /^[a-z0-9.-]+(?::\d+)?$/;

/**
 * Answers a reader of a document right on the response of `node:http`, where the address was answered before: most of what a wire is
 * asked. False where the app has to answer: it decides what an address is, and words all errors.
 */
export async function answerKnownAddress(
  documents: Pick<Documents, "answerAgain">,
  { method, url, rawHeaders }: IncomingMessage,
  outgoing: ServerResponse,
): Promise<boolean> {
  if (method !== "GET" && method !== "HEAD") return false;
  const reader = readerHeaders(rawHeaders);
  const host = reader.get("host");
  if (host === null || !PLAIN_HOST.test(host)) return false;
  const answer = await documents.answerAgain(`http://${host}${url}`, reader).catch(() => undefined);
  if (answer === undefined) return false;
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.end(method === "GET" ? answer.body : undefined);
  return true;
}

/** The headers as they came: names and values in turn. Several of one name are one list, as in the app's `Headers`. */
function readerHeaders(raw: string[]): ReaderHeaders {
  const found = new Map<string, string>();
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const before = found.get(name);
    found.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { get: (name) => found.get(name) ?? null };
}
