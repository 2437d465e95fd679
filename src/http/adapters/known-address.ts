import type { IncomingMessage, ServerResponse } from "node:http";
import type { ReaderHeaders } from "../conditions.ts";
import type { Documents } from "../documents.ts";
import type { Answer } from "../stored-document.ts";

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
  const asked = documents.answerAgain(`http://${host}${url}`, reader);
  if (asked === undefined) return false;
  let answer: Answer | undefined;
  try {
    answer = await asked;
  } catch {
    return false;
  }
  if (answer === undefined) return false;
  outgoing.writeHead(answer.status, answer.headers);
  outgoing.end(method === "GET" ? answer.body : undefined);
  return true;
}

/** The headers as they came: names and values in turn. Several of one name are one list, as in the app's `Headers`. */
function readerHeaders(raw: string[]): ReaderHeaders {
  const get = (name: string) => {
    let found: string | null = null;
    for (let i = 0; i < raw.length; i += 2) {
      const other = raw[i] as string;
      if (other.length !== name.length || other.toLowerCase() !== name) continue;
      found = found === null ? (raw[i + 1] as string) : `${found}, ${raw[i + 1]}`;
    }
    return found;
  };
  return { get };
}
