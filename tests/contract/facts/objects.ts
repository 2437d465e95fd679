import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { bytes, type Fact, keysOf, textOf, type World } from "./fact.ts";

const TRUTH = "Nothing works: records are objects of the store.";

export const OBJECT_FACTS: Fact[] = [
  {
    name: "when an object was put, it is read, whole, with its ETag, size and time",
    loses: TRUTH,
    check: readsWhatWasPut,
  },
  {
    name: "when an object is put again, it is the later one, and its time is not before the first",
    loses: "Readers may see an older version of a story again.",
    check: readsTheLater,
  },
  {
    name: "when there is no object, it is read as none, and removing it is no error",
    loses: "A first version of a story cannot be told from a broken store.",
    check: readsNone,
  },
  {
    name: "when objects are written and removed, the next read and the next listing show it at once",
    loses: "Publishing folds old records into feeds: stories stay out, or killed ones stay in.",
    check: readsAtOnce,
  },
  {
    name: "when bytes are the same, the ETag is the same, and other bytes have another one",
    loses: "A document that has not changed may be written again, and its readers fetch it again.",
    isOptional: true,
    check: namesBytes,
  },
  {
    name: "when a put has answered, its buffer may be used again",
    loses: "Documents may have the bytes of other documents.",
    check: takesBytes,
  },
  {
    name: "when bytes are none, binary, or five megabytes, they come back as they are",
    loses: "Large documents and empty notes are damaged.",
    check: keepsBytes,
  },
  {
    name: "when readers read while writers replace an object, they see whole objects",
    loses: "Readers get documents that are half old and half new.",
    check: readsWholeObjects,
  },
];

async function readsWhatWasPut({ store, skew }: World): Promise<void> {
  const before = Date.now();
  const etag = await store.put("read/x", bytes("one"), { contentType: "text/plain" });
  const stored = await store.get("read/x");
  assert.equal(Buffer.from(stored?.body ?? "").toString(), "one");
  assert.deepEqual([stored?.etag, stored?.size], [etag, 3]);
  const head = await store.head("read/x");
  assert.deepEqual([head?.etag, head?.size, head?.modified], [etag, 3, stored?.modified]);
  assert.ok(head !== undefined && !("body" in head), "a head has no body");
  const modified = stored?.modified.getTime() ?? Number.NaN;
  assert.ok(modified > before - skew && modified < Date.now() + skew, `${stored?.modified} is not now`);
  assert.match(String(etag), /^"[^"]+"$/);
}

async function readsTheLater({ store }: World): Promise<void> {
  await store.put("again/x", bytes("one"));
  const first = await store.head("again/x");
  await store.put("again/x", bytes("three"));
  const second = await store.head("again/x");
  assert.equal(await textOf(store, "again/x"), "three");
  assert.equal(second?.size, 5);
  assert.ok((second?.modified.getTime() ?? 0) >= (first?.modified.getTime() ?? Infinity), "time goes back");
}

async function readsNone({ store }: World): Promise<void> {
  assert.equal(await store.get("none/x"), undefined);
  assert.equal(await store.head("none/x"), undefined);
  await store.delete("none/x");
  await store.put("none/y", bytes("y"));
  await store.delete("none/y");
  await store.delete("none/y");
  assert.equal(await store.get("none/y"), undefined);
  assert.equal(await store.head("none/y"), undefined);
  assert.deepEqual(await keysOf(store, "none/"), []);
}

async function readsAtOnce({ store }: World): Promise<void> {
  const all: string[] = [];
  for (let n = 0; n < 20; n++) {
    const key = `once/${n % 5}`;
    const etag = await store.put(key, bytes(String(n)));
    if (n < 5) all.push(key);
    assert.equal(await textOf(store, key), String(n));
    assert.equal((await store.head(key))?.etag, etag);
    assert.deepEqual(await keysOf(store, "once/"), all);
  }
  for (const key of [...all]) {
    await store.delete(key);
    all.shift();
    assert.equal(await store.get(key), undefined);
    assert.deepEqual(await keysOf(store, "once/"), all);
  }
}

async function namesBytes({ store }: World): Promise<void> {
  const first = await store.put("etag/x", bytes("one"), { contentType: "text/plain" });
  assert.notEqual(await store.put("etag/x", bytes("two")), first);
  assert.equal(await store.put("etag/x", bytes("one")), first);
  assert.equal(await store.put("etag/y", bytes("one")), first);
  const foretold = store.etagOf(bytes("one"));
  assert.ok(
    foretold === first || foretold === undefined,
    `${String(first)} is not the MD5 of the bytes, ${foretold}`,
  );
}

async function takesBytes({ store }: World): Promise<void> {
  const buffer = bytes("-one-");
  await store.put("buffer/x", buffer.subarray(1, 4));
  buffer.fill("x");
  assert.equal(await textOf(store, "buffer/x"), "one");
}

async function keepsBytes({ store }: World): Promise<void> {
  const large = Buffer.alloc(5 * 1_048_576, "0123456789abcdef\u0000ÿ", "latin1");
  for (const body of [Buffer.alloc(0), Buffer.from([0, 255, 10, 13, 0xed, 0xa0, 0x80]), large]) {
    const etag = await store.put("bytes/x", body);
    const stored = await store.get("bytes/x");
    assert.ok(Buffer.from(stored?.body ?? "-").equals(body), `${body.length} bytes are not as they were`);
    assert.deepEqual([stored?.etag, stored?.size], [etag, body.length]);
    const condition = { ifMatch: String(etag) };
    assert.equal(typeof (await store.put("bytes/x", body, { condition })), "string");
  }
}

async function readsWholeObjects({ store }: World): Promise<void> {
  const bodies = Array.from({ length: 10 }, (_, n) => Buffer.alloc(100_000 + n, String(n)));
  const etags: unknown[] = [];
  const seen: { n: number; etag: string | undefined }[] = [];
  let isDone = false;
  const write = async () => {
    try {
      for (const body of bodies) etags.push(await store.put("whole/x", body));
    } finally {
      isDone = true;
    }
  };
  const read = async () => {
    while (!isDone) {
      // A store in memory answers before anything else happens.
      await setImmediate();
      const stored = await store.get("whole/x");
      if (stored === undefined) continue;
      seen.push({ n: bodies.findIndex((body) => body.equals(stored.body)), etag: stored.etag });
    }
  };
  await Promise.all([write(), read(), read()]);
  for (const { n, etag } of seen) {
    assert.notEqual(n, -1, "an object is neither the old one nor the new one");
    assert.equal(etag, etags[n], "an ETag is not that of the bytes that came with it");
  }
}
