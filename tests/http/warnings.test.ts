import { expect, test } from "vitest";
import { STORY, testWire } from "./support.ts";

const ODD = { ...STORY, colour: "red" };
const warnings = [{ pointer: "#/colour", detail: expect.stringContaining("it was left out") }];

test("when a record is taken with something left out, the answer of PUT has a warning", async () => {
  const { send } = testWire();
  const response = await send("PUT", "/articles/summit", { body: ODD });
  expect([response.status, await response.json()]).toEqual([201, expect.objectContaining({ warnings })]);
  expect(await (await send("PUT", "/articles/summit", { body: STORY })).json()).not.toHaveProperty(
    "warnings",
  );
});

test("when the request is strict, a record with a warning is refused and nothing is stored", async () => {
  const { send } = testWire();
  const response = await send("PUT", "/articles/summit?strict=true", { body: ODD });
  expect([response.status, await response.json()]).toEqual([
    422,
    expect.objectContaining({ errors: warnings }),
  ]);
  expect((await send("GET", "/articles/summit")).status).toBe(404);
  expect((await send("PUT", "/articles/summit?strict=maybe", { body: STORY })).status).toBe(400);
});

test("when many records are sent, each answer has the warnings of its record", async () => {
  const { send } = testWire();
  const body = [ODD, { ...STORY, id: "other" }];
  const [odd, plain] = (await (await send("POST", "/articles", { body })).json()) as object[];
  expect(odd).toMatchObject({ status: 201, warnings });
  expect(plain).not.toHaveProperty("warnings");
  const strict = (await (await send("POST", "/articles?strict=true", { body })).json()) as object[];
  expect(strict).toMatchObject([{ status: 422, problem: { errors: warnings } }, { status: 200 }]);
});

test("when the site file has a time zone, a date without an offset is of that zone", async () => {
  const body = { ...STORY, published: "2026-11-24T19:00:00" };
  const { send } = testWire({ timeZone: "Europe/Berlin" });
  expect((await send("PUT", "/articles/summit", { body })).status).toBe(201);
  const stored = await (await send("GET", "/articles/summit")).json();
  expect(stored).toMatchObject({ published: "2026-11-24T18:00:00.000Z" });
  expect((await testWire().send("PUT", "/articles/summit", { body })).status).toBe(422);
});
