import { expect, test } from "vitest";
import { FlashwireError } from "../../src/core/errors.ts";
import type { FetchOptions } from "../../src/fetch/fetch.ts";
import { ask } from "../../src/import/ask.ts";

test.each([
  ["https://cms.example.org/", "https://cms.example.org/wp-json/", false, true],
  ["http://cms.example.org/", "http://cms.example.org/wp-json/", false, false],
  ["http://cms.intranet/", "http://cms.intranet/wp-json/", true, true],
  ["https://cms.example.org/", "https://other.example.org/feed", false, false],
  ["https://cms.example.org/", "https://cms.example.org:8443/feed", false, false],
  ["https://cms.example.org/", "http://cms.example.org/feed", false, false],
])(
  "when the source is %s and %s is asked (private: %s), credentials go along: %s",
  async (url, address, allowsPrivate, goes) => {
    const asked: (FetchOptions | undefined)[] = [];
    const outside = {
      fetch: async (_: string | URL, options?: FetchOptions) => {
        asked.push(options);
        throw new FlashwireError("invalid", "seen");
      },
      sleep: async () => {},
      now: () => 0,
    };
    await expect(ask({ url, allowsPrivate, authorization: "Basic x" }, outside, address)).rejects.toThrow(
      "seen",
    );
    expect(asked[0]?.headers?.authorization).toBe(goes ? "Basic x" : undefined);
  },
);
