import fc from "fast-check";
import { expect, test } from "vitest";
import { uriOf } from "../../src/core/url.ts";
import { anyLetter } from "../support/any-letter.ts";

test.each([
  ["https://x.example/a?b={c}|d^e`f[g]\\h", "https://x.example/a?b=%7Bc%7D%7Cd%5Ee%60f%5Bg%5D%5Ch"],
  ["https://x.example/a|b[c]", "https://x.example/a%7Cb%5Bc%5D"],
  ["https://x.example/%zz%4", "https://x.example/%25zz%254"],
  ["https://x.example/%7B%c3%bc?x=%20#%5d", "https://x.example/%7B%c3%bc?x=%20#%5d"],
  ["HTTP://[::1]:8080/[1]", "http://[::1]:8080/%5B1%5D"],
  ["urn:x:[a]", "urn:x:%5Ba%5D"],
])("when the address is %s, its URI is %s", (address, uri) => {
  expect(uriOf(address)).toBe(uri);
});

test("when an address is made a URI, it is one whatever the address, leads where the address leads, and stays what it is", () => {
  const URI = /^[a-z][a-z0-9+.-]*:(\/\/[^/?#]*)?([A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
  fc.assert(
    fc.property(
      fc.string({ unit: anyLetter }),
      fc.string(),
      fc.string({ unit: "grapheme" }),
      (path, query, hash) => {
        const address = `https://x.example/${path}?${query}#${hash}`;
        if (!URL.canParse(address)) return;
        const uri = uriOf(address);
        expect(uri).toMatch(URI);
        expect(uriOf(uri)).toBe(uri);
        expect(new URL(uri).href).toBe(uri);
      },
    ),
    { numRuns: 2_000 },
  );
});

test("when a text is no absolute address, it is refused", () => {
  expect(() => uriOf("/a")).toThrow(TypeError);
});
