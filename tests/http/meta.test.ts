import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { ARTICLE_ID } from "../../src/core/article.ts";
import { type ErrorCode, PROBLEMS } from "../../src/core/errors.ts";
import { NAMESPACE } from "../../src/core/extension.ts";
import { lambdaHandler } from "../../src/http/adapters/lambda.ts";
import { authorize, tokensFrom } from "../../src/http/auth.ts";
import { MISSING } from "../../src/http/routes/missing.ts";
import { DIRECTORY_PAGE } from "../../src/render/limits.ts";
import { writeDirectory } from "../../src/upkeep/directory.ts";
import { ORIGIN, problem, STORY, testWire } from "./support.ts";

type Page = { title: string; feeds: { name: string; title: string; rss: string }[]; next?: string };

describe("the directory", () => {
  test("when upkeep has written it, it names the feeds of the site file and those that articles have made", async () => {
    const { send, services } = testWire();
    await send("PUT", "/articles/summit?wait=published", { body: STORY });
    await writeDirectory(services);
    const texts = [];
    for (const path of ["/feeds", "/feeds/index.json"]) {
      const answer = await send("GET", path, { token: null });
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      texts.push(await answer.text());
    }
    expect(new Set(texts).size).toBe(1);
    const page = JSON.parse(texts[0] ?? "") as Page;
    expect(page).toMatchObject({ title: "The Example Times", changes: `${ORIGIN}/changes/open.json` });
    expect(page.feeds.map(({ name, title }) => [name, title])).toEqual([
      ["all", "All stories"],
      ["breaking", "Breaking news"],
      ["corrections", "Corrections and clarifications"],
      ["language/en", "English"],
      ["section/usa", "USA"],
      ["tag/北朝鮮", "北朝鮮"],
    ]);
    expect(page.feeds.at(-1)?.rss).toBe(`${ORIGIN}/feeds/tag/%E5%8C%97%E6%9C%9D%E9%AE%AE/rss.xml`);
    expect(page).not.toHaveProperty("next");
  });

  test("when upkeep has not written it yet, it names the feeds of the site file, and no cache keeps that", async () => {
    const { send } = testWire();
    const answer = await send("GET", "/feeds");
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const { feeds } = (await answer.json()) as Page;
    expect(feeds.map(({ name }) => name)).toEqual(["all", "breaking", "corrections"]);
    expect((await problem(await send("GET", "/feeds/index-2.json"))).status).toBe(404);
  });

  test("when it is asked for, it costs one read of the public store and nothing else", async () => {
    const { send, services, stores } = testWire();
    await send("PUT", "/articles/summit?wait=published", { body: STORY });
    await writeDirectory(services);
    const calls: string[] = [];
    for (const [name, store] of Object.entries(stores)) {
      for (const method of ["get", "head", "list", "put"] as const) {
        const real = store[method].bind(store) as (...args: unknown[]) => never;
        Object.assign(store, {
          [method]: (...args: unknown[]) => {
            calls.push(`${name} ${method}`);
            return real(...args);
          },
        });
      }
    }
    await send("GET", "/feeds?whatever=1", { token: null });
    expect(calls).toEqual(["published get"]);
  });

  test("when there are many feeds, it comes in pages that hold each feed once", async () => {
    const { send, services, stores } = testWire();
    const count = 2 * DIRECTORY_PAGE + 5;
    for (let i = 0; i < count; i++) await stores.newsroom.put(`windows/tag/t${i}.json`, Buffer.from("{}"));
    await stores.newsroom.put("windows/gone.json", Buffer.from("{}"));
    await writeDirectory(services);
    const seen: string[] = [];
    let next: string | undefined = `${ORIGIN}/feeds`;
    let pages = 0;
    while (next !== undefined) {
      const page = (await (await send("GET", next.slice(ORIGIN.length))).json()) as Page;
      seen.push(...page.feeds.map(({ name }) => name));
      next = page.next;
      pages++;
    }
    expect(pages).toBe(3);
    expect(seen).toHaveLength(count + 3);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test.each(["/feeds?after=tag/x", "/feeds/index.json?after=x"])(
    "when %s asks for a page as the version before named it, the answer says where the pages are",
    async (path) => {
      const { status, detail } = await problem(await testWire().send("GET", path));
      expect([status, detail]).toEqual([400, expect.stringContaining("/feeds/index.json")]);
    },
  );
});

test("when the directory is unchanged, its ETag brings a 304", async () => {
  const { send, services, stores } = testWire();
  await writeDirectory(services);
  const etag = (await send("GET", "/feeds")).headers.get("etag") ?? "";
  const again = await send("GET", "/feeds", { headers: { "If-None-Match": `W/${etag}` } });
  expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
  expect(again.headers.get("cache-control")).toMatch(/^public, max-age=60,/);
  await stores.newsroom.put("windows/tag/new.json", Buffer.from("{}"));
  await writeDirectory(services);
  expect((await send("GET", "/feeds", { headers: { "If-None-Match": etag } })).status).toBe(200);
});

test.each(["/openapi.json", "/about/extension", "/schemas/article.schema.json"])(
  "when %s is unchanged, its ETag brings a 304",
  async (path) => {
    const { send } = testWire();
    const etag = (await send("GET", path)).headers.get("etag") ?? "";
    const again = await send("GET", path, { headers: { "If-None-Match": `W/${etag}` } });
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
    expect(again.headers.get("cache-control")).toBe("public, max-age=60");
    expect((await send("GET", path, { headers: { "If-None-Match": '"x"' } })).status).toBe(200);
    expect((await send("GET", path, { headers: { "If-Match": '"x"' } })).status).toBe(412);
  },
);

describe("the extension of the formats", () => {
  test("when a reader follows `about` of a JSON Feed document, a page says what each member and element means", async () => {
    const { send } = testWire({ title: "News & Views" });
    await send("PUT", "/articles/summit?wait=published", { body: STORY });
    const feed = (await (await send("GET", "/feeds/all/feed.json")).json()) as {
      _flashwire: { about: string };
    };
    const { about } = feed._flashwire;
    expect(about).toBe(`${ORIGIN}/about/extension`);
    const page = await send("GET", new URL(about).pathname, { token: null });
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const html = await page.text();
    expect(html).toContain("News &amp; Views");
    for (const name of elementsIn(readGolden())) expect(html, name).toContain(`&lt;${name}`);
    expect(html).toContain(`xmlns:fw="${NAMESPACE}"`);
    for (const [, path = ""] of html.matchAll(/href="([^"]+)"/g)) {
      expect((await send("GET", path, { token: null })).status, path).toBe(200);
    }
  });

  test.each(["article.schema.json", "flashwire-extension.schema.json"])(
    "when /schemas/%s is asked for, it answers the file of that name without a token",
    async (file) => {
      const answer = await testWire().send("GET", `/schemas/${file}`, { token: null });
      expect(answer.headers.get("content-type")).toBe("application/schema+json");
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
      const stored = readFileSync(join(import.meta.dirname, "../../schemas", file), "utf8");
      expect(await answer.json()).toEqual(JSON.parse(stored));
    },
  );
});

const readGolden = () =>
  ["rss.xml", "atom.xml"]
    .map((file) => readFileSync(join(import.meta.dirname, "../golden/documents/everything", file), "utf8"))
    .join();

/** The elements of ours in a document, such as fw:breaking. */
const elementsIn = (document: string) =>
  new Set([...document.matchAll(/<(fw:\w+)/g)].map(([, name = ""]) => name));

describe("health", () => {
  test("when both stores answer, it is ok; when one does not, it answers 500", async () => {
    const { send, stores } = testWire();
    expect(await (await send("GET", "/healthz", { token: null })).json()).toEqual({
      status: "ok",
      checked: "reads",
    });
    stores.published.head = () => Promise.reject(new Error("away"));
    expect((await problem(await send("GET", "/healthz"))).status).toBe(500);
  });
});

describe("every address", () => {
  test.each([
    ["/articles", ["GET", "PUT", "DELETE"], "POST, OPTIONS"],
    ["/articles/a", ["POST", "PATCH"], "GET, PUT, DELETE, HEAD, OPTIONS"],
    ["/articles/a/feeds", ["PUT", "POST", "DELETE"], "GET, HEAD, OPTIONS"],
    ["/", ["POST", "PUT"], "GET, HEAD, OPTIONS"],
    ["/feeds", ["DELETE"], "GET, HEAD, OPTIONS"],
    ["/healthz", ["POST"], "GET, HEAD, OPTIONS"],
    ["/openapi.json", ["PUT"], "GET, HEAD, OPTIONS"],
    ["/about/extension", ["POST"], "GET, HEAD, OPTIONS"],
    ["/schemas/article.schema.json", ["PUT"], "GET, HEAD, OPTIONS"],
  ])(
    "when %s is asked with another method, it answers 405 with the allowed methods",
    async (path, methods, allow) => {
      const { send } = testWire();
      for (const method of methods) {
        const response = await send(method, path);
        expect(response.headers.get("allow")).toBe(allow);
        expect(await problem(response)).toMatchObject({
          status: 405,
          type: "urn:flashwire:problem:method-not-allowed",
        });
      }
      const options = await send("OPTIONS", path, { token: null });
      expect([options.status, options.headers.get("allow")]).toEqual([204, allow]);
    },
  );

  test.each(["/nowhere", "/articles/a/b/c", "/articles/", "/hub", "/.git/config"])(
    "when %s is asked for, it answers 404",
    async (path) => {
      const { send } = testWire();
      const response = await send("GET", path);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await problem(response)).status).toBe(404);
    },
  );
});

describe("/openapi.json", () => {
  type Operation = { responses: Record<string, { content?: Record<string, { schema: object }> }> };
  type Api = {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, object> };
  };
  const read = async () => (await (await testWire().send("GET", "/openapi.json")).json()) as Api;

  /** A route of many documents, and one of its paths. */
  const DOCUMENTS: Record<string, string> = {
    "/feeds/": "/",
    "/feeds/index.html": "/",
    "/feeds/*": "/feeds/{feed}/rss.xml",
    "/assets/:file": "/assets/{file}",
    "/stories/*": "/stories/{id}.json",
    "/changes/*": "/changes/open.json",
    "/snapshots/*": "/snapshots/{epoch}/{number}.json",
  };

  test("when it is read, it has every route and every kind of problem", async () => {
    const api = await read();
    const { app } = testWire();
    // The CDN alone asks there, at what is no address of the wire.
    const inner = ["/*", `${MISSING}/*`];
    const routes = new Set(app.routes.map(({ path }) => path).filter((path) => !inner.includes(path)));
    for (const path of routes) {
      const pattern = path.replace(":id", "{id}");
      expect(api.paths, path).toHaveProperty([DOCUMENTS[pattern] ?? pattern]);
    }
    const told = JSON.stringify(api.paths);
    // Any request may get these.
    const elsewhere: ErrorCode[] = ["method-not-allowed", "internal", "not-through-cdn"];
    for (const code of Object.keys(PROBLEMS) as ErrorCode[]) {
      if (!elsewhere.includes(code)) expect(told).toContain(`urn:flashwire:problem:${code}`);
    }
    for (const [, name = ""] of told.matchAll(/#\/components\/schemas\/(\w+)/g)) {
      expect(api.components.schemas).toHaveProperty(name);
    }
  });

  test("when requests and answers are checked, its schemas hold for them", async () => {
    const api = await read();
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: "api", ...api });
    const check = (name: string, value: unknown) => {
      const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` });
      expect(validate(value), `${name}: ${ajv.errorsText(validate.errors)}`).toBe(true);
    };
    const { send } = testWire();
    check("Article", STORY);
    check("Accepted", await (await send("PUT", "/articles/summit?wait=published", { body: STORY })).json());
    check("Article", await (await send("GET", "/articles/summit")).json());
    check("Places", await (await send("GET", "/articles/summit/feeds")).json());
    check("Directory", await (await send("GET", "/feeds")).json());
    check("Problem", await (await send("PUT", "/articles/summit", { body: {} })).json());
    for (const answer of (await (await send("POST", "/articles", { body: [STORY, 1] })).json()) as object[])
      check("Answer", answer);
    await send("DELETE", "/articles/summit");
    const { tombstone } = (await (await send("GET", "/articles/summit")).json()) as { tombstone: object };
    check("WithdrawnArticle", tombstone);
    expect(new RegExp(ARTICLE_ID.source).test("summit")).toBe(true);
  });
});

describe("tokens", () => {
  const holder = async (text: string, token: string) => (await tokensFrom(text)(token))?.name;

  test("when a token is in the list, it has the name of its holder, or the default one; another token has none", async () => {
    expect(await holder("s3cret", "s3cret")).toBe("default");
    expect(await holder("s3cret==", "s3cret==")).toBe("default");
    expect(await holder("cms=a1, desk=b2=", "a1")).toBe("cms");
    expect(await holder("cms=a1, desk=b2=", "b2=")).toBe("desk");
    expect(await holder("cms=a1,x9", "x9")).toBe("default");
    for (const wrong of ["", "cms", "cms=a1", "a", "a1 ", "b2", "A1"])
      expect(await holder("cms=a1,desk=b2=", wrong)).toBeUndefined();
  });

  test.each(["", ",", "cms=a,", "cms=a,cms=b", "a,b", "cms=a b", "cms=é"])(
    "when the list of tokens is %j, it is refused without repeating a token",
    (text) => {
      expect(() => tokensFrom(text)).toThrow(
        /^(A token is empty|Two tokens have the name \w+|The token of cms holds)/,
      );
    },
  );

  test("when the header is not that of RFC 6750, the request is unauthorized", async () => {
    const ask = (header: string) => authorize(new Headers({ Authorization: header }), tokensFrom("a1"));
    const all = ["read", "write", "withdraw"];
    expect(await ask("Bearer a1")).toEqual({ name: "default", scopes: all });
    expect(await ask("bearer   a1")).toEqual({ name: "default", scopes: all });
    for (const wrong of ["a1", "Bearer", "Bearer a1 a1", "Basic a1", "Bearer a2"]) {
      await expect(ask(wrong)).rejects.toMatchObject({ code: "unauthorized" });
    }
  });
});

test("when the routes run behind API Gateway, they answer the same", async () => {
  const { app, send } = testWire();
  await send("PUT", "/articles/summit?wait=published", { body: STORY });
  const handler = lambdaHandler(app);
  const event = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    ({
      version: "2.0",
      routeKey: "$default",
      rawPath: path,
      rawQueryString: "",
      headers: { host: "feeds.example.org", ...headers },
      isBase64Encoded: false,
      ...(body === undefined ? {} : { body }),
      requestContext: {
        domainName: "feeds.example.org",
        http: { method, path, sourceIp: "", userAgent: "", protocol: "" },
      },
    }) as unknown as Parameters<typeof handler>[0];
  const plain = await handler(event("GET", "/feeds/all/rss.xml", {}));
  expect(plain).toMatchObject({
    statusCode: 200,
    isBase64Encoded: false,
    body: expect.stringContaining("<rss"),
  });
  const zipped = await handler(event("GET", "/feeds/all/rss.xml", { "accept-encoding": "br" }));
  expect(zipped).toMatchObject({ statusCode: 200, isBase64Encoded: true });
  const headers = { authorization: "Bearer secret-of-the-cms", "content-type": "application/json" };
  const put = await handler(event("PUT", "/articles/b", headers, JSON.stringify({ ...STORY, id: "b" })));
  expect(put).toMatchObject({ statusCode: 201 });
});
