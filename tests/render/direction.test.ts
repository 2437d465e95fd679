import { describe, expect, test } from "vitest";
import { directionOf } from "../../src/render/direction.ts";

const RIGHT_TO_LEFT =
  "apc ar arc ary arz azb bal bqi ckb dv fa glk he iw ji khw ks lrc mzn nqo pnb prs ps rhg sd sdh skr syr ug ur yi";

describe("when the direction of a language is asked for", () => {
  test.each(RIGHT_TO_LEFT.split(" "))("%s is written from right to left", (tag) => {
    expect(directionOf(tag)).toBe("rtl");
  });

  test.each([
    ["he-IL", "rtl"],
    ["ckb-IQ", "rtl"],
    ["AR-eg", "rtl"],
    ["ar-Latn", "ltr"],
    ["uz-Arab-AF", "rtl"],
    ["uz-AF", "rtl"],
    ["uz", "ltr"],
    ["pa-Arab", "rtl"],
    ["pa-PK", "rtl"],
    ["pa", "ltr"],
    ["ff-Adlm", "rtl"],
    ["az", "ltr"],
    ["az-IR", "rtl"],
    ["en-arabic", "ltr"],
    ["zh-cmn-Hant", "ltr"],
    ["ar-arz-EG", "rtl"],
    ["tlh", "ltr"],
    ["not a tag", "ltr"],
    ["", "ltr"],
  ])("%s is %s, by its script, else by the one of its region", (tag, direction) => {
    expect(directionOf(tag)).toBe(direction);
  });
});
