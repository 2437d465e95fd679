import { expect, test, vi } from "vitest";
import { decorate } from "../../src/store/decorate.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { describeContract } from "../contract/contract.ts";

describeContract("decorated memory", async () => ({ store: decorate(new MemoryStore(), () => ({})) }));

test("when a method is replaced, it may call the store, and the other methods are those of the store", async () => {
  const memory = new MemoryStore();
  const decorated = decorate(memory, (store) => ({
    put: (key, body, options) => store.put(`copy/${key}`, body, options),
  }));
  const etag = await decorated.put("a", Buffer.from("1"));
  expect(await memory.get("a")).toBeUndefined();
  expect(await decorated.head("copy/a")).toMatchObject({ etag, size: 1 });
  const condition = { ifNoneMatch: "*" } as const;
  expect(await decorated.put("a", Buffer.from("2"), { condition })).toBe(CONFLICT);
});

test("when a method of the store is replaced later, the decorated store calls the new one", async () => {
  const memory = new MemoryStore();
  const decorated = decorate(memory, () => ({}));
  const get = vi.spyOn(memory, "get").mockRejectedValue(new Error("EIO"));
  await expect(decorated.get("a")).rejects.toThrow("EIO");
  expect(get).toHaveBeenCalledWith("a");
});
