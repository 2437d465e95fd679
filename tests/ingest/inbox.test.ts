import { expect, test } from "vitest";
import { FlashwireError } from "../../src/core/errors.ts";
import { takeFile } from "../../src/ingest/inbox.ts";
import { GUIDS } from "../../src/repository/guids.ts";
import { articleKey, readRecord } from "../../src/repository/records.ts";
import { decorate } from "../../src/store/decorate.ts";
import { MAX_ATTEMPTS } from "../../src/store/limits.ts";
import { CONFLICT, type Store } from "../../src/store/port.ts";
import { incoming, memoryWire, textOf } from "../support/wire.ts";

const KEY = "inbox/archive.ndjson";
const COUNT = 3;

/** A dropped file of a few records, on a store whose puts are the given ones for as long as `failing`. */
async function dropped(put: (store: Store, key: string) => Store["put"] | undefined) {
  const wire = memoryWire();
  const lines = Array.from({ length: COUNT }, (_, n) => JSON.stringify(incoming(n, { guid: `urn:x:${n}` })));
  const file = Buffer.from(lines.join("\n"));
  await wire.newsroom.put(KEY, file);
  const state = { failing: true };
  const newsroom = decorate(wire.newsroom, (store) => ({
    put: (key, ...rest) => ((state.failing && put(store, key)) || store.put.bind(store))(key, ...rest),
  }));
  const services = { ...wire.services, stores: { ...wire.services.stores, newsroom } };
  const open = async function* () {
    yield file;
  };
  const take = () =>
    takeFile(services, services.stores.newsroom, KEY, { open, until: Number.POSITIVE_INFINITY });
  const result = async () => JSON.parse(await textOf(wire.newsroom, `${KEY}.result`));
  return { state, services, take, result, wire };
}

async function expectTakenLater({
  state,
  services,
  take,
  result,
  wire,
}: Awaited<ReturnType<typeof dropped>>) {
  expect(await wire.newsroom.get(`${KEY}.result`)).toBeUndefined();
  state.failing = false;
  expect(await take()).toBe("taken");
  expect(await result()).toMatchObject({ done: COUNT, refused: 0, refusals: [] });
  for (let n = 0; n < COUNT; n++) expect(await readRecord(services, `story-${n}`)).toBeDefined();
}

test("when a dropped record is busy for all attempts, the file comes again and the record is taken in", async () => {
  let tried = 0;
  const file = await dropped((_, key) => {
    if (key !== articleKey("story-1")) return undefined;
    return async () => {
      tried++;
      return CONFLICT;
    };
  });
  await expect(file.take()).rejects.toMatchObject({ code: "busy" });
  expect(tried).toBe(MAX_ATTEMPTS);
  await expectTakenLater(file);
});

test.each([
  ["of the record", articleKey("story-1")],
  ["of the claim to its guid", GUIDS],
])(
  "when the disk refuses the write %s, the file comes again and the record is taken in",
  async (_, prefix) => {
    const refused = new FlashwireError("storage", "It cannot be written (ENOSPC).");
    const file = await dropped((_store, key) =>
      key.startsWith(prefix) ? () => Promise.reject(refused) : undefined,
    );
    await expect(file.take()).rejects.toMatchObject({ code: "storage" });
    await expectTakenLater(file);
  },
);
