import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { resolved } from "./cloudfront/secrets.ts";
import { ORIGIN, type Wire } from "./deployed.ts";
import { callApi } from "./http-api.ts";

/** The packaged function, asked past the CDN. What comes through it is asked by all checks of the commands. */
export function pastTheCdnChecks(wire: Wire): void {
  test("a request with the right token is refused at the API's own address, and no log has the secret", async () => {
    const ingest = await wire.lambda("ingest");
    const { Environment } = wire.template.Resources.IngestLambdaFunction.Properties;
    const secret = resolved(wire.template, Environment.Variables.FLASHWIRE_ORIGIN_SECRETS);
    for (const [headers, status] of [
      [{}, 403],
      [{ "flashwire-origin": `${secret.slice(0, -1)}x` }, 403],
      [{ "flashwire-origin": secret }, 404],
    ] as const) {
      const sent = { authorization: `Bearer ${wire.token}`, ...headers };
      const request = Object.assign(Readable.from([]), {
        method: "GET",
        url: "/articles/nothing",
        headers: sent,
      });
      const answer = await callApi(wire, request as never, (event) => ingest.invoke(event));
      expect(answer.status).toBe(status);
      if (status === 403) expect(String(answer.body)).toContain(`Use the wire's address, ${ORIGIN}.`);
    }
    expect(ingest.output()).toContain("not-through-cdn");
    expect(ingest.output()).not.toContain(secret.slice(0, 20));
  });
}
