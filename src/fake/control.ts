import { Hono } from "hono";
import { FlashwireError } from "../core/errors.ts";
import { chunksOf } from "../http/body.ts";
import { problemResponse } from "../http/problem.ts";
import { json, route } from "../http/route.ts";
import type { Faults } from "./faults.ts";
import type { Counts, Front } from "./front.ts";
import { MAX_SCRIPT_BYTES, MAX_STEPS } from "./limits.ts";
import type { Newsroom, Progress } from "./newsroom.ts";
import { wholeNumber } from "./numbers.ts";
import { readScript } from "./script.ts";
import type { FakeWire } from "./wire.ts";

export type Controlled = { wire: FakeWire; newsroom: Newsroom; faults: Faults; front: Front; seed: number };

/** Everything below one address: the wire as the public reads it, its door, and `/_fake/` for the test that drives it. */
export function createControlled(fake: Controlled): Hono {
  const { wire, newsroom, front } = fake;
  const { services } = wire;
  const app = new Hono();
  app.use("/_fake/*", async (c, next) => {
    await next();
    c.res.headers.set("Cache-Control", "no-store");
    // A test may run in a browser.
    c.res.headers.set("Access-Control-Allow-Origin", "*");
  });
  route(app, services, "/_fake/state", { GET: () => json(stateOf(fake)) });
  route(app, services, "/_fake/expected", { GET: async () => json(await newsroom.expected()) });
  route(app, services, "/_fake/step", {
    POST: async (c) => {
      await newsroom.next(wholeNumber(c.req.query("count") ?? "1", "count", 1, MAX_STEPS));
      return json(stateOf(fake));
    },
  });
  route(app, services, "/_fake/steps", {
    POST: async (c) => {
      await newsroom.perform(readScript(await readText(c.req.raw)));
      return json(stateOf(fake));
    },
  });
  app.all("/_fake/*", () => problemResponse(services, new FlashwireError("not-found", NO_CONTROL)));
  for (const path of ["/articles", "/articles/*"]) {
    app.all(path, async (c) => {
      const response = await wire.app.fetch(c.req.raw);
      await newsroom.publish();
      return response;
    });
  }
  app.all("*", (c) => front.answer(c.req.raw));
  app.onError((error) => problemResponse(services, error));
  return app;
}

const NO_CONTROL = "There are /_fake/state, /_fake/expected, /_fake/step and /_fake/steps.";

/** What the newsroom has done, and what it was asked. */
export type State = Progress & { seed: number; faults: ReturnType<Faults["state"]>; requests: Counts };

function stateOf({ newsroom, faults, front, seed }: Controlled): State {
  return { seed, ...newsroom.progress(), faults: faults.state(), requests: front.counts };
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunksOf(request, MAX_SCRIPT_BYTES)) {
    size += chunk.byteLength;
    if (size > MAX_SCRIPT_BYTES)
      throw new FlashwireError("too-large", `Steps have at most ${MAX_SCRIPT_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
