import { expect, test } from "vitest";
import { checkGuid } from "../../src/core/guid.ts";
import { TEST_SITE } from "../support/articles.ts";
import { errorsOf } from "../validate/support.ts";

const SPACE = `tag:${TEST_SITE.authority},${TEST_SITE.year}:`;

test.each(["feed/all", "feed/section/%E5%8C%97", "feed/"])(
  "when the identifier of an article is that of a feed, it is refused: %s",
  (rest) => {
    expect(errorsOf(() => checkGuid(TEST_SITE, { id: "a", guid: SPACE + rest }))).toMatchObject({
      "#/guid": expect.stringContaining("of a feed"),
    });
  },
);

test.each([`${SPACE}feed`, `${SPACE}feeds/all`, `${SPACE}4711`, "tag:news.example.org,2017:feed/all"])(
  "when an identifier only looks like that of a feed, it stays: %s",
  (guid) => {
    expect(() => checkGuid(TEST_SITE, { id: "a", guid })).not.toThrow();
  },
);
