import { expect, test } from "vitest";
import { NEWSROOM, testSite } from "../support/site.ts";

const named = (...sources: object[]) => testSite({ ...NEWSROOM, sources: sources as never }).sources;
const source = { kind: "wordpress", url: "https://www.cms.example.org/blog/" };

test("when a source has no name, it is called after its host", () => {
  expect(named(source)).toMatchObject([{ name: "cms-example-org", every: 300, private: false }]);
  expect(named({ ...source, name: "desk" })).toMatchObject([{ name: "desk" }]);
});

test.each([
  ["two sources of one name", [source, { ...source, idPrefix: "b-" }], /sources: must have a name for each/],
  ["two sources without a prefix", [source, { ...source, name: "other" }], /must have an idPrefix for each/],
  ["a password in an address", [{ ...source, url: "https://a:b@cms.example.org/" }], /flashwire source auth/],
  ["a look each second", [{ ...source, every: 1 }], /sources\[0\]\.every: must be at least 10/],
  ["a kind that is none", [{ ...source, kind: "ghost" }], /sources\[0\]\.kind: must be wordpress or feed/],
])("when a site file has %s, it is refused with the field", (_, sources, message) => {
  expect(() => named(...sources)).toThrow(message);
});
