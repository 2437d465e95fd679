import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { LookupFunction, NetConnectOpts, Socket } from "node:net";
import { FlashwireError } from "../core/errors.ts";
import type { Resolved } from "./check.ts";
import { shownUrl } from "./shown-url.ts";

/** One request to a checked URL. */
export type Asked = {
  url: URL;
  method: string;
  headers: Headers;
  body: Uint8Array | undefined;
  /** The socket connects to one of these; the name is not looked up again. */
  addresses: Resolved[];
};

/** Opens a connection; `options.lookup` says where to. */
export type Connect = (options: NetConnectOpts) => Socket;

export type ExchangeOptions = {
  maxHeaderBytes: number;
  signal: AbortSignal;
  /** Certificates to trust instead of those of Node, as PEM. */
  ca: string | undefined;
  /** Default: Node's own. */
  connect: Connect | undefined;
};

/**
 * Sends one request on a connection of its own and resolves with the head of its answer. Redirects are answers like others.
 * Rejects with `unavailable` for what goes wrong on the way, and `too-large` for headers beyond their bound.
 */
export function exchange(
  asked: Asked,
  { maxHeaderBytes, signal, ca, connect }: ExchangeOptions,
): Promise<IncomingMessage> {
  const { url, method, headers, body, addresses } = asked;
  const options: RequestOptions = {
    method,
    headers: Object.fromEntries(headers),
    lookup: answering(addresses),
    maxHeaderSize: maxHeaderBytes,
    signal,
    ...(ca === undefined ? {} : { ca }),
    // Never a pooled connection: it might lead to an address of an earlier lookup.
    ...(connect === undefined
      ? { agent: false }
      : { createConnection: (of) => connect(of as NetConnectOpts) }),
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? httpsRequest : httpRequest;
    const sent = send(url, options, (response) => {
      // A reader hears of the error by the stream; without a reader nobody has to hear of it.
      response.on("error", () => {});
      resolve(response);
    });
    sent.on("error", (cause) => reject(signal.aborted ? signal.reason : brokenOff(url, cause)));
    sent.end(body);
  });
}

/** What a socket asks for its addresses. It gets those that were checked, for any name. */
function answering(addresses: Resolved[]): LookupFunction {
  return (_hostname, { all }, answer) => {
    const [first] = addresses as [Resolved];
    if (all) answer(null, addresses);
    else answer(null, first.address, first.family);
  };
}

/** What went wrong between the two sides. */
export function brokenOff(url: URL, cause: unknown): FlashwireError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const shown = shownUrl(url);
  if (code === "HPE_HEADER_OVERFLOW")
    return new FlashwireError("too-large", `The headers of ${shown} are too large.`, [], { cause });
  const reason = code ?? message;
  return new FlashwireError("unavailable", `The connection to ${shown} broke off (${reason}).`, [], {
    cause,
  });
}
