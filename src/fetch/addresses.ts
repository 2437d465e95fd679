import { BlockList, isIP } from "node:net";

/**
 * Where an address leads: `public`; `private`, which is this machine or the network that it is in; or `never`: places
 * that hold secrets of the machine, or no server at all. `words` say what the address is.
 */
export type Place = { reach: "public" | "private" | "never"; words: string };

type Row = [subnet: string, prefix: number, reach: Place["reach"], words: string];

/**
 * What is not public of IPv4, by IANA's registry
 * (https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml). The first row that fits
 * counts: the first ones are servers that tell a machine in a cloud its credentials, outside of the link-local range.
 */
const IPV4: Row[] = [
  ["100.100.100.200", 32, "never", "the metadata server of Alibaba Cloud"],
  ["168.63.129.16", 32, "never", "the wire server of Azure"],
  ["192.0.0.192", 32, "never", "the metadata server of Oracle Cloud"],
  ["0.0.0.0", 8, "never", "an unspecified address"],
  ["10.0.0.0", 8, "private", "a private address"],
  ["100.64.0.0", 10, "private", "a shared address of a provider"],
  ["127.0.0.0", 8, "private", "a loopback address"],
  ["169.254.0.0", 16, "never", "a link-local address, where clouds have their metadata"],
  ["172.16.0.0", 12, "private", "a private address"],
  ["192.0.0.0", 24, "never", "a reserved address"],
  ["192.0.2.0", 24, "never", "an address for documentation"],
  ["192.31.196.0", 24, "never", "a reserved address"],
  ["192.52.193.0", 24, "never", "a reserved address"],
  ["192.88.99.0", 24, "never", "a reserved address"],
  ["192.168.0.0", 16, "private", "a private address"],
  ["192.175.48.0", 24, "never", "a reserved address"],
  ["198.18.0.0", 15, "never", "an address for measurements"],
  ["198.51.100.0", 24, "never", "an address for documentation"],
  ["203.0.113.0", 24, "never", "an address for documentation"],
  ["224.0.0.0", 4, "never", "a multicast address"],
  ["255.255.255.255", 32, "never", "the broadcast address"],
  ["240.0.0.0", 4, "never", "a reserved address"],
];

/**
 * Blocks of IPv6 that are not public (https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml). What is in
 * no row is public only below 2000::/3, the one block that IANA gives out.
 */
const IPV6: Row[] = [
  ["fd00:ec2::", 32, "never", "a service address of AWS, where its metadata is"],
  ["fd20:ce::254", 128, "never", "the metadata server of Google Cloud"],
  ["::", 128, "never", "an unspecified address"],
  ["::1", 128, "private", "a loopback address"],
  ["64:ff9b:1::", 48, "never", "an address that hides another one (NAT64)"],
  ["2001::", 23, "never", "a reserved address"],
  ["2001:db8::", 32, "never", "an address for documentation"],
  ["2002::", 16, "never", "an address that hides another one (6to4)"],
  ["2620:4f:8000::", 48, "never", "a reserved address"],
  ["3fff::", 20, "never", "an address for documentation"],
  ["fc00::", 7, "private", "a private address"],
  ["fe80::", 10, "never", "a link-local address"],
  ["ff00::", 8, "never", "a multicast address"],
];

const PUBLIC: Place = { reach: "public", words: "a public address" };
const NO_ADDRESS: Place = { reach: "never", words: "no address" };
const NOT_GIVEN_OUT: Place = { reach: "never", words: "a reserved address" };

const tableOf = (rows: Row[], family: "ipv4" | "ipv6") =>
  rows.map(([subnet, prefix, reach, words]) => {
    const list = new BlockList();
    list.addSubnet(subnet, prefix, family);
    return { reach, words, holds: (address: string) => list.check(address, family) };
  });

const FOUR = tableOf(IPV4, "ipv4");
const SIX = tableOf(IPV6, "ipv6");

/** Where an IP address leads, in any spelling that the resolver of a system answers. A zone (`%eth0`) is link-local. */
export function placeOf(address: string): Place {
  const version = isIP(address);
  if (version === 4) return FOUR.find(({ holds }) => holds(address)) ?? PUBLIC;
  if (version !== 6 || address.includes("%")) return NO_ADDRESS;
  const groups = groupsOf(address);
  const inner = ipv4Within(groups);
  if (inner !== undefined) return placeOf(inner);
  const found = SIX.find(({ holds }) => holds(address));
  return found ?? ((groups[0] ?? 0) >> 13 === 1 ? PUBLIC : NOT_GIVEN_OUT);
}

/**
 * The IPv4 address that a machine talks to in truth: of `::ffff:0:0/96` (RFC 4291 §2.5.5.2) itself, and of
 * `64:ff9b::/96` (RFC 6052 §2.1) by way of a translator, without which a network of IPv6 alone reaches no IPv4.
 */
function ipv4Within(groups: number[]): string | undefined {
  const prefix = groups.slice(0, 6).join();
  if (prefix !== "0,0,0,0,0,65535" && prefix !== [0x64, 0xff9b, 0, 0, 0, 0].join()) return undefined;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join(".");
}

/** The eight numbers of an IPv6 address; `URL` brings every spelling into one. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split("::");
  const numbers = (text: string) => (text === "" ? [] : text.split(":").map((group) => parseInt(group, 16)));
  const [front, back] = [numbers(head), numbers(tail ?? "")];
  return [...front, ...Array(8 - front.length - back.length).fill(0), ...back];
}
