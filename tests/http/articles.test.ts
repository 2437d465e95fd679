import { describe, expect, test } from "vitest";
import { encodeArticleId } from "../../src/core/article-id.ts";
import { MAX_RECORD_BYTES, MAX_REVISION } from "../../src/core/limits.ts";
import { NOW, problem, type Sent, STORY, testWire } from "./support.ts";

const PATH = "/articles/summit";

describe("PUT /articles/{id}", () => {
  test("when a record is new, the same or changed, a PUT answers created, unchanged or updated", async () => {
    const { send } = testWire();
    const created = await send("PUT", PATH, { body: STORY });
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe(PATH);
    const etag = created.headers.get("etag");
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(await created.json()).toEqual({
      id: "summit",
      version: "1",
      result: "created",
      feeds: ["all", "language/en", "section/usa", "tag/北朝鮮"],
    });

    const again = await send("PUT", PATH, { body: STORY });
    expect([again.status, again.headers.get("etag")]).toEqual([200, etag]);
    expect(await again.json()).toMatchObject({ result: "unchanged" });

    const updated = await send("PUT", PATH, { body: { ...STORY, headline: "New", revision: 2 } });
    expect(updated.status).toBe(200);
    expect(updated.headers.get("etag")).not.toBe(etag);
    expect(await updated.json()).toMatchObject({ result: "updated", version: "2" });
  });

  test("when a body has no id, the id of the address counts; when the two differ, a PUT answers 422", async () => {
    const { send } = testWire();
    const { id: _, ...nameless } = STORY;
    expect((await send("PUT", PATH, { body: nameless })).status).toBe(201);
    const other = await problem(await send("PUT", "/articles/other", { body: STORY }));
    expect(other).toMatchObject({ status: 422, errors: [{ pointer: "#/id" }] });
    const impossible = await problem(await send("PUT", "/articles/%01", { body: nameless }));
    expect(impossible).toMatchObject({ status: 422, errors: [{ pointer: "#/id" }] });
  });

  test.each([
    ["post:42", "/articles/_post~3A42"],
    ["a/b", "/articles/_a~2Fb"],
    ["Café", "/articles/_Caf~C3~A9"],
  ])("when an article has the id %s, it is put, read and withdrawn under %s", async (id, path) => {
    const { send } = testWire();
    const created = await send("PUT", path, { body: { ...STORY, id } });
    expect([created.status, created.headers.get("location")]).toEqual([201, path]);
    expect(await (await send("GET", path)).json()).toHaveProperty("id", id);
    expect((await send("GET", `/articles/${encodeURIComponent(id)}`)).status).toBe(200);
    expect((await send("DELETE", path)).status).toBe(200);
    expect((await send("GET", path)).status).toBe(410);
  });

  test.each(["__a", "_-a", "_.a", `_${"a".repeat(130)}`])(
    "when an id looks like the form of another one, as %s does, a PUT takes the id that the record has",
    async (id) => {
      const { send } = testWire();
      const put = await send("PUT", `/articles/${id}`, { body: { ...STORY, id } });
      expect([put.status, put.headers.get("location")]).toEqual([201, `/articles/${encodeArticleId(id)}`]);
      expect(await put.json()).toHaveProperty("id", id);
      expect(await (await send("GET", `/articles/${encodeArticleId(id)}`)).json()).toHaveProperty("id", id);
      for (const [method, path] of [
        ["GET", id],
        ["DELETE", id],
        ["GET", `${id}/feeds`],
      ] as const) {
        const { status, detail } = await problem(await send(method, `/articles/${path}`));
        expect([method, status, detail]).toEqual([
          method,
          404,
          expect.stringContaining(`/articles/${encodeArticleId(id)}`),
        ]);
      }
      const other = await problem(await send("PUT", `/articles/${id}`, { body: { ...STORY, id: "other" } }));
      expect(other).toMatchObject({ status: 422, errors: [{ pointer: "#/id" }] });
    },
  );

  test("when nobody takes an address for anything but a form, a missing article is told as it is", async () => {
    const { send } = testWire();
    expect((await problem(await send("GET", "/articles/_a~2Fb"))).detail).toBe("There is no article a/b.");
    expect((await problem(await send("DELETE", "/articles/a"))).detail).toBe("There is no article a.");
  });

  test("when a PUT is older than the stored version, it answers 409 and changes nothing", async () => {
    const { send, stores } = testWire();
    await send("PUT", PATH, { body: { ...STORY, revision: 3 } });
    const before = await stores.newsroom.get("articles/summit.json");
    const stale = await problem(await send("PUT", PATH, { body: { ...STORY, revision: 2 } }));
    expect(stale).toMatchObject({ status: 409, type: "urn:flashwire:problem:stale" });
    expect(await stores.newsroom.get("articles/summit.json")).toEqual(before);
  });

  test("when a guid belongs to another article, a PUT answers 409 with the id of this article; when a date is far ahead, 422", async () => {
    const { send, stores } = testWire();
    const guid = "https://old.example.org/?p=1";
    await send("PUT", PATH, { body: { ...STORY, guid } });
    const taken = await problem(
      await send("PUT", "/articles/other", { body: { ...STORY, id: "other", guid } }),
    );
    expect(taken).toEqual({
      type: "urn:flashwire:problem:guid-taken",
      title: "The guid of another article",
      status: 409,
      detail: "The guid belongs to article summit already.",
      errors: [{ pointer: "#/guid", detail: "is what readers know article summit by" }],
    });
    const body = { ...STORY, id: "other", published: "2029-11-24T18:00:00Z" };
    const ahead = await problem(await send("PUT", "/articles/other", { body }));
    expect(ahead).toMatchObject({ status: 422, errors: [{ pointer: "#/published" }] });
    expect(await stores.newsroom.get("articles/other.json")).toBeUndefined();
  });

  test("when several fields are wrong, one answer names all of them, and nothing is stored", async () => {
    const { send, stores } = testWire();
    const body = { ...STORY, url: "/a", media: [{ url: "x", type: "image/png" }], colour: "red" };
    const answer = await problem(await send("PUT", PATH, { body }));
    expect(answer).toEqual({
      type: "urn:flashwire:problem:invalid",
      title: "Invalid record",
      status: 422,
      detail: "The record is not valid: 3 fields are wrong.",
      errors: [
        { pointer: "#/url", detail: "must be an absolute http or https URL" },
        { pointer: "#/colour", detail: "is not a field of the record" },
        {
          pointer: "#/media/0/url",
          detail: "must be an absolute http or https URL; without it there is no #/media/0",
        },
      ],
    });
    expect(await stores.newsroom.get("articles/summit.json")).toBeUndefined();
  });

  test.each([
    ["links that become long", `<img srcset="${"#, ".repeat(174_700)}">`],
    ["many of them", "<img src=#>".repeat(47_000)],
    ["images without an address", "x<img>".repeat(87_000)],
  ])("when a small body would cost much work, it is left out and the story is taken: %s", async (_, html) => {
    const { send } = testWire();
    const url = `https://news.example.org/?${"&".repeat(2_000)}`;
    expect((await send("PUT", PATH, { body: { ...STORY, url, body: html } })).status).toBe(201);
    const kept = (await (await send("GET", PATH)).json()) as object;
    expect(kept).toHaveProperty("headline");
    expect(kept).not.toHaveProperty("body");
  });

  test.each<[string, Sent, number]>([
    ["no token", { token: null }, 401],
    ["a wrong token", { token: "secret-of-the-cmt" }, 401],
    ["another authorization scheme", { token: null, headers: { Authorization: "Basic c2VjcmV0" } }, 401],
    ["another media type", { headers: { "Content-Type": "text/plain" } }, 415],
    ["no media type", { headers: { "Content-Type": "" } }, 415],
    ["another charset", { headers: { "Content-Type": "application/json; charset=latin1" } }, 415],
    ["an unknown content encoding", { headers: { "Content-Encoding": "zstd" } }, 415],
    ["two content encodings", { headers: { "Content-Encoding": "gzip, br" } }, 415],
    ["a content encoding that is not the body's", { headers: { "Content-Encoding": "gzip" } }, 400],
    ["only a part of the body", { headers: { "Content-Range": "bytes 0-99/200" } }, 400],
    ["no JSON", { body: '{"id":' }, 400],
    ["one member name twice", { body: '{"id":"a","id":"b"}' }, 400],
    ["no UTF-8", { body: Buffer.of(0x22, 0xff, 0x22) }, 400],
    ["no body", { body: "" }, 400],
    ["no object as its body", { body: "[]" }, 422],
    ["a length that is too large", { headers: { "Content-Length": String(MAX_RECORD_BYTES + 1) } }, 413],
    ["a body that is too large", { body: " ".repeat(MAX_RECORD_BYTES + 1) }, 413],
  ])("when a request has %s, it is refused and nothing is stored", async (_, sent, status) => {
    const { send, stores } = testWire();
    const response = await send("PUT", PATH, { body: STORY, ...sent });
    if (status === 401) expect(response.headers.get("www-authenticate")).toContain("Bearer");
    expect((await problem(response)).status).toBe(status);
    expect(await stores.newsroom.get("articles/summit.json")).toBeUndefined();
  });

  test("when a request is refused, the answer says what is accepted", async () => {
    const { send } = testWire();
    const refusal = async (sent: Sent) => {
      const { status, headers } = await send("PUT", PATH, { body: STORY, ...sent });
      const told = ["www-authenticate", "accept", "accept-encoding"].map((name) => headers.get(name));
      return [status, ...told];
    };
    const realm = 'Bearer realm="flashwire"';
    expect(await refusal({ token: null })).toEqual([401, realm, null, null]);
    expect(await refusal({ token: null, headers: { Authorization: "Basic x" } })).toEqual([
      401,
      realm,
      null,
      null,
    ]);
    // RFC 6750 §3.1: only who sent a token is told that it is a wrong one.
    const wrong = `${realm}, error="invalid_token"`;
    expect(await refusal({ token: "secret-of-the-cmt" })).toEqual([401, wrong, null, null]);
    const type = { headers: { "Content-Type": "text/plain" } };
    expect(await refusal(type)).toEqual([415, null, "application/json", null]);
    const encoding = { headers: { "Content-Encoding": "zstd" } };
    expect(await refusal(encoding)).toEqual([415, null, null, "gzip, br"]);
    const encoded = await problem(await send("PUT", PATH, { body: STORY, ...encoding }));
    expect(encoded.detail).toContain("Content-Encoding");
  });

  test.each(["identity", "Identity", ""])(
    'when Content-Encoding is "%s", a PUT is accepted as not encoded',
    async (encoding) => {
      const { send } = testWire();
      const headers = { "Content-Encoding": encoding };
      expect((await send("PUT", PATH, { body: STORY, headers })).status).toBe(201);
    },
  );

  test.each(["application/json", "application/JSON; charset=UTF-8", "application/vnd.cms+json"])(
    "when the media type is %s, the body is read as JSON",
    async (type) => {
      const { send } = testWire();
      expect((await send("PUT", PATH, { body: STORY, headers: { "Content-Type": type } })).status).toBe(201);
    },
  );

  test("when there is no token, none of the body is read; when there is one, an endless body is cut off", async () => {
    const { send } = testWire();
    let pulled = 0;
    const endless = () =>
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulled += 65_536;
            controller.enqueue(Buffer.alloc(65_536, 0x20));
          },
        },
        { highWaterMark: 0 },
      );
    expect((await send("PUT", PATH, { body: endless(), token: null })).status).toBe(401);
    expect(pulled).toBe(0);
    expect((await send("PUT", PATH, { body: endless() })).status).toBe(413);
    expect(pulled).toBeLessThan(MAX_RECORD_BYTES + 3 * 65_536);
  });

  test("when an article is accepted, the log names the holder of the token, never the token", async () => {
    const { send, logs } = testWire();
    await send("PUT", PATH, { body: STORY, token: "secret-of-the-desk" });
    expect(logs).toEqual([
      {
        event: "article.accepted",
        details: { id: "summit", version: "1", result: "created", by: "desk", etag: expect.any(String) },
      },
    ]);
    expect(JSON.stringify(logs)).not.toContain("secret");
  });

  test("when If-Match or If-None-Match does not hold, a write answers 412", async () => {
    const { send } = testWire();
    const put = (revision: number, headers: Record<string, string>) =>
      send("PUT", PATH, { body: { ...STORY, revision }, headers });
    expect((await problem(await put(1, { "If-Match": "*" }))).status).toBe(412);
    const first = await put(1, { "If-None-Match": "*" });
    expect(first.status).toBe(201);
    const etag = first.headers.get("etag") ?? "";
    expect((await put(2, { "If-None-Match": "*" })).status).toBe(412);
    expect((await put(2, { "If-None-Match": `"x", W/${etag}` })).status).toBe(412);
    expect((await put(2, { "If-Match": '"other"' })).status).toBe(412);
    expect((await put(2, { "If-Match": `W/${etag}` })).status).toBe(412);
    expect((await put(2, { "If-Match": `"other", ${etag}` })).status).toBe(200);
    // The answer to this one was lost, and it is sent again: it has already been done.
    expect((await put(2, { "If-Match": etag })).status).toBe(200);
    expect((await put(3, { "If-Match": "*" })).status).toBe(200);
    expect((await send("DELETE", PATH, { headers: { "If-Match": etag } })).status).toBe(412);
  });

  test("when a store fails, the answer is a 500 without details, and the log has the reason", async () => {
    const { send, stores, logs } = testWire();
    stores.newsroom.put = () => Promise.reject(new Error("disk on fire at /secret/path"));
    const answer = await problem(await send("PUT", PATH, { body: STORY }));
    expect(answer).toEqual({ type: "urn:flashwire:problem:internal", title: "Internal error", status: 500 });
    expect(logs).toMatchObject([
      { event: "request.failed", details: { error: expect.stringContaining("on fire") } },
    ]);
  });
});

describe("publishing before the answer", () => {
  const flash = { ...STORY, breaking: true };

  test("when a story is breaking, is killed or is waited for, it is published before the answer; another story is not", async () => {
    const { send, published, stores } = testWire();
    await send("PUT", PATH, { body: STORY });
    expect(published).toEqual([]);
    await send("PUT", PATH, { body: { ...flash, revision: 2 } });
    expect(published).toEqual([["summit"]]);
    expect(
      Buffer.from((await stores.published.get("feeds/breaking/rss.xml"))?.body ?? []).toString(),
    ).toContain("Second summit");
    await send("PUT", "/articles/other?wait=published", { body: { ...STORY, id: "other" } });
    await send("DELETE", PATH);
    expect(published).toEqual([["summit"], ["other"], ["summit"]]);
  });

  test("when breaking news cannot be published, it is still accepted, and the failure is logged", async () => {
    const { send, failure, logs } = testWire();
    failure.error = new Error("store away");
    expect((await send("PUT", PATH, { body: flash })).status).toBe(201);
    expect(logs.map(({ event }) => event)).toEqual(["article.accepted", "publish.failed"]);
  });

  test("when publishing fails for a client that waits, it answers 503 with Retry-After; when the client asks again, it waits again", async () => {
    const { send, failure, published } = testWire();
    failure.error = new Error("store away");
    const response = await send("PUT", `${PATH}?wait=published`, { body: STORY });
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await problem(response)).toMatchObject({
      status: 503,
      detail: expect.stringMatching(/^Accepted, and it will be/),
    });
    delete failure.error;
    const again = await send("PUT", `${PATH}?wait=published`, { body: STORY });
    expect(await again.json()).toMatchObject({ result: "unchanged" });
    expect(published).toHaveLength(2);
    expect((await send("GET", "/feeds/all/rss.xml")).status).toBe(200);
  });

  test("when `wait` is anything but one `published`, it answers 400 and stores nothing", async () => {
    const { send } = testWire();
    for (const query of ["wait=1", "wait=", "wait=published&wait=x", "wait=published&wait=published"]) {
      const answer = await problem(await send("PUT", `${PATH}?${query}`, { body: STORY }));
      expect(answer, query).toMatchObject({ status: 400, detail: expect.stringContaining("wait=published") });
    }
    expect((await send("GET", PATH)).status).toBe(404);
  });
});

describe("GET /articles/{id}", () => {
  test("when the answer is sent back, it changes nothing", async () => {
    const { send } = testWire();
    const put = await send("PUT", PATH, { body: { ...STORY, breaking: true, tags: ["x", { name: "y" }] } });
    const got = await send("GET", PATH);
    expect(got.headers.get("etag")).toBe(put.headers.get("etag"));
    expect(got.headers.get("cache-control")).toBe("private, no-cache");
    const article = await got.json();
    expect(article).toMatchObject({
      guid: "tag:news.example.org,2026:article/summit",
      breaking: { level: "urgent" },
    });
    const back = await send("PUT", PATH, { body: article });
    expect(await back.json()).toMatchObject({ result: "unchanged" });
  });

  test("when the ETag is known, it answers 304; to a HEAD, no body; without the article, 404; without a token, 401", async () => {
    const { send } = testWire();
    const etag = (await send("PUT", PATH, { body: STORY })).headers.get("etag") ?? "";
    const same = await send("GET", PATH, { headers: { "If-None-Match": `W/${etag}` } });
    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", etag]);
    for (const other of ['"x"', etag.replace(/"$/, '-gzip"')]) {
      expect((await send("GET", PATH, { headers: { "If-None-Match": other } })).status).toBe(200);
    }
    const head = await send("HEAD", PATH);
    expect([head.status, await head.text(), head.headers.get("etag")]).toEqual([200, "", etag]);
    expect((await problem(await send("GET", "/articles/none"))).status).toBe(404);
    expect((await problem(await send("GET", "/articles/%2e%2e%2fx"))).status).toBe(404);
    expect((await problem(await send("GET", "/articles/%ff"))).status).toBe(404);
    expect((await problem(await send("GET", PATH, { token: null }))).status).toBe(401);
  });

  test.each(["GET", "HEAD"])(
    "when a %s has If-Match, it answers the version that If-Match names, or 412",
    async (method) => {
      const { send } = testWire();
      const etag = (await send("PUT", PATH, { body: STORY })).headers.get("etag") ?? "";
      const status = async (value: string, path = PATH) =>
        (await send(method, path, { headers: { "If-Match": value } })).status;
      expect([await status(etag), await status("*"), await status(`"x", ${etag}`)]).toEqual([200, 200, 200]);
      expect([await status('"x"'), await status(`W/${etag}`)]).toEqual([412, 412]);
      expect(await status("*", "/articles/none")).toBe(404);
      const since = { "If-Unmodified-Since": "Tue, 24 Nov 2020 20:00:00 GMT" };
      // An article has no Last-Modified to compare with: RFC 9110 §13.1.4.
      expect((await send(method, PATH, { headers: since })).status).toBe(200);
    },
  );

  test("when the feeds of an article are asked for, it answers the present and the left ones, with the addresses of their documents", async () => {
    const { send } = testWire();
    await send("PUT", PATH, { body: STORY });
    await send("PUT", PATH, { body: { ...STORY, section: "World", revision: 2 } });
    const places = (await (await send("GET", `${PATH}/feeds`)).json()) as Record<
      "feeds" | "left",
      { feed: string }[]
    >;
    expect(places).toMatchObject({ id: "summit", version: "2" });
    expect(places.feeds.map(({ feed }) => feed)).toEqual([
      "all",
      "language/en",
      "section/world",
      "tag/北朝鮮",
    ]);
    expect(places.left.map(({ feed }) => feed)).toEqual(["section/usa"]);
    expect(places.feeds.at(-1)).toEqual({
      feed: "tag/北朝鮮",
      rss: "https://feeds.example.org/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/rss.xml",
      atom: "https://feeds.example.org/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/atom.xml",
      json: "https://feeds.example.org/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/feed.json",
      page: "https://feeds.example.org/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/",
    });
  });
});

describe("DELETE /articles/{id}: withdrawn means gone", () => {
  test("when an article is withdrawn once or twice, a tombstone stays; when a newer version comes, the article is back", async () => {
    const { send } = testWire();
    await send("PUT", PATH, { body: STORY });
    const first = await send("DELETE", PATH, { body: { reason: "Not our picture" } });
    expect(first.status).toBe(200);
    expect(await first.json()).toMatchObject({
      result: "withdrawn",
      version: "1/withdrawn",
      feeds: expect.arrayContaining(["all"]),
    });
    const second = await send("DELETE", PATH);
    expect([second.status, second.headers.get("etag")]).toEqual([200, first.headers.get("etag")]);

    const gone = await send("GET", PATH);
    expect(gone.headers.get("etag")).toBe(first.headers.get("etag"));
    const answer = await problem(gone);
    expect(answer).toMatchObject({
      status: 410,
      type: "urn:flashwire:problem:withdrawn",
      tombstone: { id: "summit", reason: "Not our picture", status: "withdrawn" },
    });
    expect(JSON.stringify(answer)).not.toContain("leaders");
    const places = (await (await send("GET", `${PATH}/feeds`)).json()) as Record<
      "feeds" | "left",
      { feed: string }[]
    >;
    expect(places.feeds).toEqual([]);
    expect(places.left.map(({ feed }) => feed)).toContain("all");

    expect((await send("PUT", PATH, { body: STORY })).status).toBe(409);
    const back = await send("PUT", PATH, { body: answer.tombstone });
    expect(await back.json()).toMatchObject({ result: "unchanged" });
    const revived = await send("PUT", PATH, { body: { ...STORY, revision: 2 } });
    expect(await revived.json()).toMatchObject({ result: "updated" });
  });

  test("when a program sends a huge revision by mistake, the story can still come back", async () => {
    const { send } = testWire();
    const put = (revision: number) => send("PUT", PATH, { body: { ...STORY, revision } });
    for (const beyond of [Number.MAX_SAFE_INTEGER, MAX_REVISION + 1]) {
      expect((await put(beyond)).ok).toBe(true);
      expect(await (await send("GET", PATH)).json()).not.toHaveProperty("revision");
    }
    // A time in microseconds is a revision too.
    expect((await put(NOW * 1_000)).status).toBe(200);
    await send("DELETE", PATH);
    expect((await put(NOW * 1_000 + 1)).status).toBe(200);
  });

  test("when a record says that it is withdrawn, a PUT answers 200, even for an article never seen", async () => {
    const { send } = testWire();
    const body = { id: "summit", published: STORY.published, status: "withdrawn" };
    const response = await send("PUT", PATH, { body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ result: "withdrawn", feeds: [] });
  });

  test("when there is no article, a DELETE answers 404; when its body is wrong, 422", async () => {
    const { send } = testWire();
    expect((await problem(await send("DELETE", PATH))).status).toBe(404);
    await send("PUT", PATH, { body: STORY });
    expect((await problem(await send("DELETE", PATH, { body: { why: "x" } }))).status).toBe(422);
    expect((await send("GET", PATH)).status).toBe(200);
  });
});
