import { expect, test, vi } from "vitest";
import { fingerprintOf } from "../../src/upkeep/fingerprint.ts";
import { testSite } from "../support/site.ts";

const generated = vi.hoisted(() => ({ script: "1", style: "a{}", icon: "<svg/>" }));

/** What the build makes of src/browser/. */
vi.mock("../../src/render/page/generated.json", () => ({ default: generated }));

test.each(["script", "style", "icon"] as const)(
  "when a new version brings another %s for pages, all documents are rendered again and no window is filled again",
  (part) => {
    const before = fingerprintOf(testSite());
    generated[part] += " ";
    const after = fingerprintOf(testSite());
    expect(after.rendered).not.toBe(before.rendered);
    expect(after.placed).toBe(before.placed);
  },
);
