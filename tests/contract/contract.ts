import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Store } from "../../src/store/port.ts";
import { CONDITION_FACTS } from "./facts/conditions.ts";
import { bytes, type Fact, textOf } from "./facts/fact.ts";
import { KEY_FACTS } from "./facts/keys.ts";
import { OBJECT_FACTS } from "./facts/objects.ts";

export type Opened = {
  store: Store;
  close?: () => Promise<void> | void;
  /** For what is known not to keep every legal key. */
  keeps?: (key: string) => boolean;
};

/** S3 has whole seconds. */
const SKEW_MS = 1_001;

/** What every store must do, whatever it keeps its objects in; what is optional for an S3 is not for ours. */
export function describeContract(name: string, open: () => Promise<Opened>): void {
  describe(`store contract: ${name}`, () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close?.());
    const facts: Fact[] = [...OBJECT_FACTS, ...CONDITION_FACTS, ...KEY_FACTS];
    for (const fact of facts)
      test(fact.name, () => {
        const { store, keeps = () => true } = opened;
        return fact.check({ store, keeps, skew: SKEW_MS, races: 1 });
      });

    test("when a put waits for a promise, the object is not there before the promise is kept; when the promise fails, the put fails and changes nothing", async () => {
      const { store } = opened;
      const isThere = async () => (await store.head("after/a")) !== undefined;
      let happen = () => {};
      const after = new Promise<void>((resolve) => {
        happen = resolve;
      });
      const put = store.put("after/a", bytes("a"), { after });
      for (let n = 0; n < 20; n++) expect(await isThere()).toBe(false);
      happen();
      expect(await put).toEqual(expect.stringMatching(/^".*"$/));
      expect(await isThere()).toBe(true);
      const failed = store.put("after/a", bytes("b"), { after: Promise.reject(new Error("It failed.")) });
      await expect(failed).rejects.toThrow("It failed.");
      expect(await textOf(store, "after/a")).toBe("a");
    });
  });
}
