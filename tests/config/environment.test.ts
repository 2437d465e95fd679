import { expect, test } from "vitest";
import { readConfig } from "../../src/config/environment.ts";
import { parseTokens } from "../../src/core/token.ts";

test("when no variable is set, the local wire has its defaults", () => {
  expect(readConfig({})).toEqual({ port: 8787, host: "127.0.0.1", data: ".flashwire" });
});

test("when a variable is empty, it counts as unset", () => {
  expect(
    readConfig({ PORT: "", FLASHWIRE_TOKEN: " ", FLASHWIRE_PUBLIC_URL: "", FLASHWIRE_CONFIG: " " }),
  ).toEqual(readConfig({}));
});

test("when variables are set, every one is read, and origins lose their trailing slash", () => {
  const env = {
    PORT: "0",
    HOST: "::1",
    FLASHWIRE_DATA: "/var/lib/flashwire",
    FLASHWIRE_TOKEN: "s3cret",
    FLASHWIRE_PUBLIC_URL: "https://Feeds.example.org/",
    FLASHWIRE_CONFIG: "desk/site.ts",
    FLASHWIRE_URL: "http://127.0.0.1:9000",
  };
  expect(readConfig(env)).toEqual({
    port: 0,
    host: "::1",
    data: "/var/lib/flashwire",
    token: "s3cret",
    publicUrl: "https://feeds.example.org",
    siteFile: "desk/site.ts",
    url: "http://127.0.0.1:9000",
  });
});

test.each([
  [{ PORT: "80a" }, "PORT: must be a port number"],
  [{ PORT: "65536" }, "PORT: must be a port number"],
  [{ PORT: "-1" }, "PORT: must be a port number"],
  [
    { FLASHWIRE_PUBLIC_URL: "feeds.example.org" },
    "FLASHWIRE_PUBLIC_URL: must be an absolute http or https URL",
  ],
  [{ FLASHWIRE_PUBLIC_URL: "ftp://feeds.example.org" }, "FLASHWIRE_PUBLIC_URL: must be an absolute http"],
  [{ FLASHWIRE_PUBLIC_URL: "https://example.org/feeds" }, "FLASHWIRE_PUBLIC_URL: must be an origin"],
  [{ FLASHWIRE_URL: "https://example.org/?a" }, "FLASHWIRE_URL: must be an origin"],
  [{ FLASHWIRE_URL: "https://me:pass@example.org/" }, "FLASHWIRE_URL: must not hold a user name or password"],
  [{ FLASHWIRE_TOKEN: "two words" }, "FLASHWIRE_TOKEN: The token of default holds characters"],
  [{ FLASHWIRE_TOKEN: "cms=a,desk=b c" }, "FLASHWIRE_TOKEN: The token of desk holds characters"],
  [{ FLASHWIRE_TOKEN: "," }, "FLASHWIRE_TOKEN: A token is empty. Write one, or cms=one,desk=another"],
  [{ FLASHWIRE_TOKEN: "cms=" }, "FLASHWIRE_TOKEN: Token 1 of 1 has a name and no secret. Write cms=one"],
  [{ FLASHWIRE_TOKEN: "desk=two,cms=" }, "FLASHWIRE_TOKEN: Token 2 of 2 has a name and no secret"],
  [{ FLASHWIRE_TOKEN: "newsroom-desk-of-city=,x" }, "FLASHWIRE_TOKEN: Token 1 of 2 has a name and no secret"],
  [{ FLASHWIRE_TOKEN: "one,another" }, "FLASHWIRE_TOKEN: Two tokens have the name default. Write cms="],
])("when the environment has %j, the error says: %s", (env, message) => {
  expect(() => readConfig(env)).toThrow(message);
});

test("when there are several tokens, they have names, and a sign of equality may be a part of the token", () => {
  expect([...parseTokens("s3cret==")]).toEqual([["default", "s3cret=="]]);
  expect([...parseTokens("bG9uZ2Vub3VnaDE=")]).toEqual([["default", "bG9uZ2Vub3VnaDE="]]);
  expect([...parseTokens("default=bG9uZ2U=,cms=a1")]).toEqual([
    ["default", "bG9uZ2U="],
    ["cms", "a1"],
  ]);
  expect([...parseTokens("cms=a1, desk=b2=, x9")]).toEqual([
    ["cms", "a1"],
    ["desk", "b2="],
    ["default", "x9"],
  ]);
});

test("when several variables are wrong, all are in one message, and no secret is", () => {
  const env = {
    PORT: "x",
    FLASHWIRE_URL: "https://me:hunter2@example.org/",
    FLASHWIRE_TOKEN: "hunter3\u00e9",
  };
  expect(() => readConfig(env)).toThrow(
    expect.objectContaining({
      code: "invalid",
      message: expect.stringMatching(/FLASHWIRE_TOKEN:.*\n.*FLASHWIRE_URL:.*\n.*PORT:/),
    }),
  );
  expect(() => readConfig(env)).not.toThrow(/hunter/);
});
