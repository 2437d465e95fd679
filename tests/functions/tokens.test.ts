import { expect, test } from "vitest";
import { TOKENS_CACHE_MS, UNKNOWN_TOKEN_CACHE_MS } from "../../src/repository/limits.ts";
import { createToken, listTokens, revokeToken, storedTokens } from "../../src/repository/tokens.ts";
import { CONFLICT } from "../../src/store/port.ts";
import { memoryWire, textOf } from "../support/wire.ts";

test("when a token is created, it names its holder, and only its hash is kept", async () => {
  const { services, newsroom } = memoryWire();
  const secret = await createToken(services, "cms");
  expect(await storedTokens(services)(secret)).toBe("cms");
  expect(await storedTokens(services)(`${secret}x`)).toBeUndefined();
  expect(await textOf(newsroom, "tokens/tokens.json")).not.toContain(secret);
});

test("when a token is revoked, it works for a minute at most in a warm process, and not at all in a new one", async () => {
  const { services, clock } = memoryWire();
  const [cms, desk] = [await createToken(services, "cms"), await createToken(services, "desk")];
  const check = storedTokens(services);
  expect(await check(cms)).toBe("cms");
  await revokeToken(services, "cms");
  expect(await storedTokens(services)(cms)).toBeUndefined();
  clock.now += TOKENS_CACHE_MS;
  expect(await check(cms)).toBeUndefined();
  expect(await check(desk)).toBe("desk");
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
  expect(await check(cms)).toBe("cms");
  expect(reads).toBe(0);
  clock.now += UNKNOWN_TOKEN_CACHE_MS;
  expect(await check(desk)).toBe("desk");
  expect(reads).toBe(1);
});

test("when a token expires, it does so to the millisecond, even in a warm process", async () => {
  const { services, clock } = memoryWire();
  const secret = await createToken(services, "partner", new Date(clock.now + 1_000));
  const check = storedTokens(services);
  expect(await check(secret)).toBe("partner");
  clock.now += 1_000;
  expect(await check(secret)).toBeUndefined();
});

test("when a name is taken or not valid, or a date is past, it is refused", async () => {
  const { services, clock } = memoryWire();
  await createToken(services, "cms");
  await expect(createToken(services, "cms")).rejects.toThrow("already");
  for (const name of ["", "a b", "../x", "é"])
    await expect(createToken(services, name)).rejects.toThrow("name");
  await expect(createToken(services, "old", new Date(clock.now))).rejects.toThrow("expired");
  await expect(createToken(services, "old", new Date(Number.NaN))).rejects.toThrow("expired");
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
  expect(await check(secret)).toBe("cms");
});
