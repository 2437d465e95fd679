import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { TOKENS_CACHE_MS, UNKNOWN_TOKEN_CACHE_MS } from "../../src/repository/limits.ts";
import { createToken, listTokens, revokeToken, storedTokens } from "../../src/repository/tokens.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { memoryWire, textOf } from "../support/wire.ts";

test("when a token is created, it names its holder, and only its hash is kept", async () => {
  const { services, newsroom } = memoryWire();
  const secret = await createToken(services, "cms");
  expect(await storedTokens(services)(secret)).toMatchObject({ name: "cms" });
  expect(await storedTokens(services)(`${secret}x`)).toBeUndefined();
  expect(await textOf(newsroom, "tokens/tokens.json")).not.toContain(secret);
});

test("when a token is revoked, it works for a minute at most in a warm process, and not at all in a new one", async () => {
  const { services, clock } = memoryWire();
  const [cms, desk] = [await createToken(services, "cms"), await createToken(services, "desk")];
  const check = storedTokens(services);
  expect(await check(cms)).toMatchObject({ name: "cms" });
  await revokeToken(services, "cms");
  expect(await storedTokens(services)(cms)).toBeUndefined();
  clock.now += TOKENS_CACHE_MS;
  expect(await check(cms)).toBeUndefined();
  expect(await check(desk)).toMatchObject({ name: "desk" });
  // The name is free again.
  await createToken(services, "cms");
  expect((await listTokens(services)).map(({ name }) => name)).toEqual(["desk", "cms"]);
});

test("when a token is new, it works within seconds, even after another was refused; when tokens are guessed, it costs few reads", async () => {
  const { services, newsroom, clock } = memoryWire();
  const check = storedTokens(services);
  const cms = await createToken(services, "cms");
  expect(await check("fw_wrong")).toBeUndefined();
  const desk = await createToken(services, "desk");
  let reads = 0;
  const get = newsroom.get.bind(newsroom);
  newsroom.get = (key) => {
    reads++;
    return get(key);
  };
  for (let i = 0; i < 100; i++) await check("fw_wrong");
  expect(await check(cms)).toMatchObject({ name: "cms" });
  expect(reads).toBe(0);
  clock.now += UNKNOWN_TOKEN_CACHE_MS;
  expect(await check(desk)).toMatchObject({ name: "desk" });
  expect(reads).toBe(1);
});

test("when a token expires, it does so to the millisecond, even in a warm process", async () => {
  const { services, clock } = memoryWire();
  const secret = await createToken(services, "partner", { expires: new Date(clock.now + 1_000) });
  const check = storedTokens(services);
  expect(await check(secret)).toMatchObject({ name: "partner" });
  clock.now += 1_000;
  expect(await check(secret)).toBeUndefined();
});

test("when a name is taken or not valid, or a date is past, it is refused", async () => {
  const { services, clock } = memoryWire();
  await createToken(services, "cms");
  await expect(createToken(services, "cms")).rejects.toThrow("already");
  for (const name of ["", "a b", "../x", "é"])
    await expect(createToken(services, name)).rejects.toThrow("name");
  await expect(createToken(services, "old", { expires: new Date(clock.now) })).rejects.toThrow("expired");
  await expect(createToken(services, "old", { expires: new Date(Number.NaN) })).rejects.toThrow("expired");
  await expect(revokeToken(services, "nobody")).rejects.toMatchObject({ code: "not-found" });
});

test("when two operators write at once, nothing is lost; when the answer of a write is lost, the write counts once", async () => {
  const { services, newsroom } = memoryWire();
  await Promise.all([createToken(services, "a"), createToken(services, "b"), createToken(services, "c")]);
  let lost = false;
  const put = newsroom.put.bind(newsroom);
  newsroom.put = async (...args) => {
    const answer = await put(...args);
    if (lost) return answer;
    lost = true;
    return CONFLICT;
  };
  await createToken(services, "d");
  expect((await listTokens(services)).map(({ name }) => name).sort()).toEqual(["a", "b", "c", "d"]);
});

test("when a read fails, the failure is not remembered", async () => {
  const { services, newsroom } = memoryWire();
  const secret = await createToken(services, "cms");
  const check = storedTokens(services);
  const get = newsroom.get.bind(newsroom);
  newsroom.get = () => Promise.reject(new Error("SlowDown"));
  await expect(check(secret)).rejects.toThrow("SlowDown");
  newsroom.get = get;
  expect(await check(secret)).toMatchObject({ name: "cms" });
});

test("when a token is made with scopes, it has these in their order; without them, and with every one of them, it has all", async () => {
  const { services } = memoryWire();
  const check = storedTokens(services);
  const [all, every, some, one] = [
    await createToken(services, "all"),
    await createToken(services, "every", { scopes: ["withdraw", "write", "read"] }),
    await createToken(services, "some", { scopes: ["write", "read", "write"] }),
    await createToken(services, "one", { scopes: ["read"] }),
  ];
  const scopes = ["read", "write", "withdraw"];
  expect(await check(all)).toEqual({ name: "all", scopes });
  expect(await check(every)).toEqual({ name: "every", scopes });
  expect(await check(some)).toEqual({ name: "some", scopes: ["read", "write"] });
  expect(await check(one)).toEqual({ name: "one", scopes: ["read"] });
  for (const wrong of [[], ["delete"], ["read", ""], ["Read"], ["toString"]])
    await expect(createToken(services, "wrong", { scopes: wrong })).rejects.toThrow(/read, write, withdraw/);
});

test("when a token has scopes, a version that knows none reads and keeps its entry, and refuses the token", async () => {
  const { services, newsroom } = memoryWire();
  const [all, reader] = [
    await createToken(services, "all"),
    await createToken(services, "reader", { scopes: ["read"] }),
  ];
  // All that such a version asks for: a token is one whose SHA-256 stands in the list.
  const { tokens } = JSON.parse(await textOf(newsroom, "tokens/tokens.json"));
  const holderThere = (secret: string) =>
    tokens.find(
      ({ sha256 }: { sha256: string }) => sha256 === createHash("sha256").update(secret).digest("hex"),
    );
  expect(tokens).toMatchObject(
    ["all", "reader"].map((name) => ({
      name,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      created: expect.stringMatching(/Z$/),
    })),
  );
  expect(holderThere(all)).toMatchObject({ name: "all" });
  expect(holderThere(reader)).toBeUndefined();
});

test("when the scopes of a stored token are edited, the token no longer works; a scope of a later version permits nothing", async () => {
  const { services, newsroom } = memoryWire();
  const reader = await createToken(services, "reader", { scopes: ["read"] });
  const text = await textOf(newsroom, "tokens/tokens.json");
  const holderAfter = async (edited: string) => {
    await newsroom.put("tokens/tokens.json", Buffer.from(edited));
    return storedTokens(services)(reader);
  };
  for (const edited of ['["read","withdraw"]', '["write"]', "[]"])
    expect(await holderAfter(text.replace('["read"]', edited))).toBeUndefined();
  expect(await holderAfter(text.replace(',"scopes":["read"]', ""))).toBeUndefined();
  const later = createHash("sha256").update(`${reader}\nread\nadmin`).digest("hex");
  const [{ sha256 }] = JSON.parse(text).tokens;
  const ofLater = text.replace('["read"]', '["read","admin"]').replace(sha256, later);
  expect(await holderAfter(ofLater)).toEqual({ name: "reader", scopes: ["read"] });
});

test("when a name gets a token with fewer scopes, a warm process gives the old token nothing and the new one no more than its scopes", async () => {
  const { services, clock } = memoryWire();
  const before = await createToken(services, "desk");
  const check = storedTokens(services);
  expect(await check(before)).toEqual({ name: "desk", scopes: ["read", "write", "withdraw"] });
  await revokeToken(services, "desk");
  const after = await createToken(services, "desk", { scopes: ["read"] });
  clock.now += UNKNOWN_TOKEN_CACHE_MS;
  expect(await check(after)).toEqual({ name: "desk", scopes: ["read"] });
  expect(await check(before)).toBeUndefined();
});
