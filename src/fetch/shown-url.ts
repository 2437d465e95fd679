import { MAX_SHOWN_URL } from "./limits.ts";

/**
 * An address for an error or a log: without user name, password and fragment, and with … for each value of its query,
 * because keys and tokens stand there. What is no URL is not shown at all.
 */
export function shownUrl(address: string | URL): string {
  const url = URL.parse(String(address));
  if (url === null) return "an address that is no URL";
  const names = [...url.searchParams.keys()].map((name) => `${encodeURIComponent(name)}=…`);
  const query = names.length === 0 ? "" : `?${names.join("&")}`;
  const shown = `${url.protocol}//${url.host}${url.pathname}${query}`;
  return shown.length <= MAX_SHOWN_URL ? shown : `${shown.slice(0, MAX_SHOWN_URL)}…`;
}
