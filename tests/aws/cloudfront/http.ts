/** What goes to an origin or to the distribution. Header names are lower case; `path` has the query. `isPlain`: by http://. */
export type Asked = {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array;
  isPlain?: boolean;
};

/** What comes back. Header names are lower case. */
export type Reply = { status: number; headers: Record<string, string>; body: Uint8Array };

export type Origin = (asked: Asked) => Promise<Reply>;

export const NO_BODY = new Uint8Array();

export const pathOf = ({ path }: Asked) => new URL(path, "https://wire.test").pathname;

/** The tags that If-None-Match names are compared weakly (RFC 9110 §13.1.2). */
export function isNoneMatch(header: string | undefined, etag: string | undefined): boolean {
  if (header === undefined || etag === undefined) return false;
  const strong = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.trim() === "*" || header.split(",").map(strong).includes(strong(etag));
}

/** Whether the reader that sent these headers has what this reply brings (RFC 9110 §13.2.2). */
export function isKnownTo(asked: Asked, reply: Reply): boolean {
  const none = asked.headers["if-none-match"];
  if (none !== undefined) return isNoneMatch(none, reply.headers.etag);
  const since = Date.parse(asked.headers["if-modified-since"] ?? "");
  return Date.parse(reply.headers["last-modified"] ?? "") <= since;
}

/** The 304 in the place of a 200: no body, and no headers of the body (RFC 9110 §15.4.5). */
export function notModified({ headers }: Reply): Reply {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith("content-"));
  return { status: 304, headers: Object.fromEntries(kept), body: NO_BODY };
}
