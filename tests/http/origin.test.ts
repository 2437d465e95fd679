import { expect, test } from "vitest";
import { readAwsConfig } from "../../src/config/environment.ts";
import { createApp } from "../../src/http/app.ts";
import { tokensFrom } from "../../src/http/auth.ts";
import { ORIGIN, problem, request, testWire } from "./support.ts";

const SECRETS = ["a".repeat(48), "b".repeat(48)];
const CHECKED = { event: { stageVariables: { origin: "checked" } } };
const HEADER = "Flashwire-Origin";

const BUCKETS = { FLASHWIRE_NEWSROOM: "newsroom", FLASHWIRE_SITE: "site", FLASHWIRE_PUBLIC_URL: ORIGIN };
const secretsIn = (env: object) => readAwsConfig({ ...BUCKETS, ...env }).originSecrets;

/** A wire on AWS, and what it logged. `env` is what the adapter of Lambda hands on. */
function deployed() {
  const { services, logs } = testWire();
  const app = createApp({
    services,
    tokens: tokensFrom("secret-of-the-cms"),
    publish: async () => new Map(),
    originSecrets: secretsIn({ FLASHWIRE_ORIGIN_SECRETS: SECRETS.join(",") }),
  });
  const ask = async (headers: Record<string, string>, env: object = CHECKED, path = "/healthz") =>
    app.fetch(request("GET", path, { headers }), env);
  return { ask, logs };
}

test("when a request brings a secret of the CDN, or two while it is changed, it is answered", async () => {
  const { ask } = deployed();
  for (const value of [...SECRETS, SECRETS.join(","), `${"c".repeat(48)},${SECRETS[0]}`])
    expect((await ask({ [HEADER]: value })).status).toBe(200);
});

test("when a request brings none, it gets 403 and the wire's address, and no log repeats what it sent", async () => {
  const { ask, logs } = deployed();
  for (const value of [undefined, "", ",", "guess-of-a-stranger", "a".repeat(47), `x,y,${SECRETS[0]}`]) {
    const answer = await ask(value === undefined ? {} : { [HEADER]: value }, CHECKED, "/nowhere");
    expect(await problem(answer)).toMatchObject({
      status: 403,
      detail: `This address lies behind the wire's own. Use the wire's address, ${ORIGIN}.`,
    });
  }
  expect(logs.every(({ details }) => details.reason === "not-through-cdn")).toBe(true);
  expect(JSON.stringify(logs)).not.toMatch(/guess-of|aaaa/);
});

test("when the stage of the API does not ask for the secret, the function does not either", async () => {
  const { ask } = deployed();
  for (const env of [{}, { event: {} }, { event: { stageVariables: { origin: "open" } } }])
    expect((await ask({}, env)).status).toBe(200);
});

test("when a wire has no secret, as one on this machine, every request is answered", async () => {
  expect(secretsIn({})).toEqual([]);
  expect((await testWire().app.fetch(request("GET", "/healthz"), CHECKED)).status).toBe(200);
});
