import { expect, onTestFinished, test } from "vitest";
import { s3Store } from "../../../src/store/s3/store.ts";
import { s3Versions } from "../../../src/store/s3/versions.ts";
import { connectionTo } from "../../support/s3-client.ts";
import { startS3Server } from "../../support/s3-server.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test("when an object was written over and removed, its versions are listed, the newest first, and can be read", async () => {
  const server = await startS3Server({ isVersioned: true });
  onTestFinished(() => server.close());
  const connection = connectionTo(server.url);
  const [store, versions] = [s3Store(connection, "newsroom"), s3Versions(connection, "newsroom")];
  const key = "articles/é a+b.json";
  for (const text of ["1", "2", "3", "4"]) await store.put(key, Buffer.from(text));
  await store.put(`${key}.json`, Buffer.from("other"));
  await store.delete(key);
  const listed = await all(versions.list(key));
  expect(listed.map(({ isNewest, isRemoval }) => ({ isNewest, isRemoval }))).toEqual([
    { isNewest: true, isRemoval: true },
    ...Array.from({ length: 4 }, () => ({ isNewest: false, isRemoval: false })),
  ]);
  const texts = listed.map(async ({ id }) => {
    const stored = await versions.get(key, id);
    return stored && Buffer.from(stored.body).toString();
  });
  expect(await Promise.all(texts)).toEqual([undefined, "4", "3", "2", "1"]);
  expect(await versions.get(key, "v99")).toBeUndefined();
  expect(await all(versions.list("articles/none.json"))).toEqual([]);
});
