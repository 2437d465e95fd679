/** What `URL` leaves as it is and no URI can have (RFC 3986 §2): feeds are read by stricter parsers than browsers. */
const NO_URI = /%(?![0-9a-f]{2})|[{}|\\^`[\]]/gi;

/** An absolute address as a URI. Throws a TypeError for an invalid one. */
export function uriOf(address: string): string {
  const { href } = new URL(address);
  // Brackets belong to a host that is an IPv6 address.
  const path = href.replace(/^[^:]+:(\/\/[^/?#]*)?/, "");
  return href.slice(0, href.length - path.length) + path.replace(NO_URI, encoded);
}

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
