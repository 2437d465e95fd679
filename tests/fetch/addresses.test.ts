import { describe, expect, test } from "vitest";
import { placeOf } from "../../src/fetch/addresses.ts";
import { checkHost } from "../../src/fetch/check.ts";

/*
 * Every block of IANA's two registries of special-purpose addresses, its first and last address, and the neighbours of
 * those that are public.
 */

const PRIVATE: [block: string, ...addresses: string[]][] = [
  ["127.0.0.0/8", "127.0.0.0", "127.0.0.1", "127.255.255.255"],
  ["10.0.0.0/8", "10.0.0.0", "10.255.255.255"],
  ["100.64.0.0/10", "100.64.0.0", "100.127.255.255"],
  ["172.16.0.0/12", "172.16.0.0", "172.31.255.255"],
  ["192.168.0.0/16", "192.168.0.0", "192.168.255.255"],
  ["::1/128", "::1", "0:0:0:0:0:0:0:1"],
  ["fc00::/7", "fc00::", "fd00::1", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["::ffff:0:0/96", "::ffff:127.0.0.1", "::ffff:a00:1", "0:0:0:0:0:ffff:c0a8:1"],
  ["64:ff9b::/96", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3", "64:ff9b::c0a8:1"],
];

const NEVER: [block: string, ...addresses: string[]][] = [
  ["0.0.0.0/8", "0.0.0.0", "0.255.255.255"],
  ["169.254.0.0/16", "169.254.0.0", "169.254.169.254", "169.254.170.2", "169.254.255.255"],
  ["metadata of other clouds", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
  ["192.0.0.0/24", "192.0.0.0", "192.0.0.8", "192.0.0.170", "192.0.0.255"],
  ["192.0.2.0/24", "192.0.2.0", "192.0.2.255"],
  ["192.31.196.0/24", "192.31.196.0", "192.31.196.255"],
  ["192.52.193.0/24", "192.52.193.0", "192.52.193.255"],
  ["192.88.99.0/24", "192.88.99.0", "192.88.99.255"],
  ["192.175.48.0/24", "192.175.48.0", "192.175.48.255"],
  ["198.18.0.0/15", "198.18.0.0", "198.19.255.255"],
  ["198.51.100.0/24", "198.51.100.0", "198.51.100.255"],
  ["203.0.113.0/24", "203.0.113.0", "203.0.113.255"],
  ["224.0.0.0/4", "224.0.0.0", "239.255.255.255"],
  ["240.0.0.0/4", "240.0.0.0", "255.255.255.254", "255.255.255.255"],
  ["::/128", "::", "0:0:0:0:0:0:0:0"],
  ["::/96, the compatible addresses of old", "::127.0.0.1", "::169.254.169.254", "::8.8.8.8"],
  ["::ffff:0:0/96", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::ffff:0.0.0.0", "::ffff:224.0.0.1"],
  ["::ffff:0:0:0/96, IPv4-translated", "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8"],
  ["64:ff9b::/96", "64:ff9b::169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b::"],
  ["64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1::8.8.8.8", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"],
  ["100::/64", "100::", "100::ffff:ffff:ffff:ffff"],
  ["100:0:0:1::/64", "100:0:0:1::1"],
  ["2001::/23", "2001::", "2001:0:7f00:1::", "2001:20::1", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2001:db8::/32", "2001:db8::1", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["2002::/16", "2002::", "2002:7f00:1::1", "2002:a9fe:a9fe::", "2002:808:808::1"],
  ["2620:4f:8000::/48", "2620:4f:8000::1"],
  ["3fff::/20", "3fff::1", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["4000::/3 and above", "4000::1", "5f00::1", "8000::1", "e000::1"],
  ["fd00:ec2::/32", "fd00:ec2::254", "fd00:ec2::23", "fd00:ec2::253", "fd00:ec2:ffff::1"],
  ["fd20:ce::254", "fd20:ce::254"],
  ["fe80::/10", "fe80::", "fe80::a9fe:a9fe", "fe80::1%eth0", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["fec0::/10, site-local of old", "fec0::1", "feff::1"],
  ["ff00::/8", "ff00::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
  ["what is no address", "", "localhost", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "::1::", "fe80::1%"],
];

const PUBLIC = [
  ...[
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
  ],
  ...["169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255"],
  ...["192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"],
  ...["2000::", "2001:200::1", "2001:4860:4860::8888", "2003::1", "2606:4700::1111", "3ffe:ffff::1"],
];

describe("an address", () => {
  test.each(PRIVATE)("when it is in %s, it is private", (_, ...addresses) => {
    for (const address of addresses) expect(placeOf(address).reach, address).toBe("private");
  });

  test.each(NEVER)("when it is in %s, it is never reached", (_, ...addresses) => {
    for (const address of addresses) expect(placeOf(address).reach, address).toBe("never");
  });

  test("when it is beside these, it is public", () => {
    for (const address of PUBLIC) expect(placeOf(address).reach, address).toBe("public");
  });
});

/** Spellings that a person does not recognise, and `URL` does (https://url.spec.whatwg.org/#host-parsing). */
const SPELLINGS = [
  ...["http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://017700000001/", "http://127.1/"],
  ...[
    "http://0177.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://127.0.0.1./",
    "http://[::1]/",
  ],
  ...[
    "http://[::ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://%31%32%37.0.0.1/",
    "http://0/",
  ],
  ...[
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://[::ffff:a9fe:a9fe]/",
  ],
  ...["http://[64:ff9b::a9fe:a9fe]/", "http://[fd00:ec2::254]/", "http://[fe80::1]/", "http://[::]/"],
];

test.each(SPELLINGS)(
  "when a URL spells an address as in %s, it is refused without a look-up",
  async (address) => {
    const lookUp = () => Promise.reject(new Error("nobody looks this up"));
    await expect(checkHost(new URL(address), lookUp, {})).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/ names .+: the wire does not ask for it\.$/),
    });
  },
);
