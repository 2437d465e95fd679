import { isIP } from "node:net";
import { FlashwireError } from "../core/errors.ts";
import { placeOf } from "./addresses.ts";
import { MAX_URL } from "./limits.ts";
import { shownUrl } from "./shown-url.ts";

/** An address that a name leads to, as Node's resolver answers it. */
export type Resolved = { address: string; family: number };

/** All addresses of a host name. Rejects where the name has none. */
export type Resolve = (hostname: string) => Promise<Resolved[]>;

/** Where a request may go. */
export type Allowed = {
  /** Loopback and private addresses too, for a CMS in the network of the newsroom. Default: no. */
  allowsPrivate?: boolean | undefined;
  /** Default: http too. */
  isHttpsOnly?: boolean | undefined;
};

/** The URL behind `address`, seen from `base`. Throws `invalid` for what must not be asked for, by its form alone. */
export function checkUrl(address: string | URL, { isHttpsOnly }: Allowed, base?: URL): URL {
  const url = URL.parse(String(address), base?.href);
  if (url === null) throw new FlashwireError("invalid", "The address is no URL.");
  const schemes = isHttpsOnly ? ["https:"] : ["https:", "http:"];
  if (!schemes.includes(url.protocol)) {
    const wanted = isHttpsOnly ? "https" : "http or https";
    throw refused(url, `is no ${wanted} address`);
  }
  if (url.username !== "" || url.password !== "") throw refused(url, "holds a user name or a password");
  if (url.href.length > MAX_URL) throw refused(url, `is longer than ${MAX_URL} characters`);
  return url;
}

/**
 * The addresses that the host of a URL has now; a request goes to one of these and to no other. Throws `invalid` where one of
 * them must not be reached, and `unavailable` where there are none.
 */
export async function checkHost(url: URL, resolve: Resolve, allowed: Allowed): Promise<Resolved[]> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const found = family === 0 ? await lookUp(url, host, resolve) : [{ address: host, family }];
  for (const { address } of found) {
    const { reach, words } = placeOf(address);
    if (reach === "public" || (reach === "private" && allowed.allowsPrivate)) continue;
    const what = family === 0 ? `leads to ${address}, ${words}` : `names ${words}`;
    throw refused(url, what);
  }
  return found;
}

async function lookUp(url: URL, host: string, resolve: Resolve): Promise<Resolved[]> {
  const found = await resolve(host).catch((cause: unknown) => {
    const reason = (cause as { code?: string }).code ?? String(cause);
    throw new FlashwireError("unavailable", `The host of ${shownUrl(url)} is not found (${reason}).`, [], {
      cause,
    });
  });
  if (found.length > 0) return found;
  throw new FlashwireError("unavailable", `The host of ${shownUrl(url)} has no address.`);
}

function refused(url: URL, what: string): FlashwireError {
  return new FlashwireError("invalid", `${shownUrl(url)} ${what}: the wire does not ask for it.`);
}
