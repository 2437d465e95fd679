import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { ADOPT_EVERY_MS } from "../core/limits.ts";
import { createApp } from "../http/app.ts";
import { tokensFrom } from "../http/auth.ts";
import { listen } from "../http/node.ts";
import type { Log, Services } from "../services.ts";
import { announce, retract } from "./announce.ts";
import { withEvents } from "./events.ts";
import { type Journal, openJournal } from "./journal.ts";
import { type Loop, startLoop } from "./loop.ts";
import { openServed, originOf } from "./open.ts";
import { portFor } from "./port.ts";
import { catchUp, isOfThisSite } from "./startup.ts";

export type Wire = {
  /** Where it listens. */
  url: string;
  services: Services;
  /** The token of the data folder; undefined when the environment sets the tokens. */
  token: string | undefined;
  /** Resolves when nothing is left to publish or to repair. */
  idle(): Promise<void>;
  close(): Promise<void>;
};

/** The whole wire in this process: store, HTTP, and the loop that plays the events of S3. */
export async function startWire(config: Config, log: Log): Promise<Wire> {
  const { host, data } = config;
  const port = await portFor(config);
  const url = originOf(host, port);
  const folder = await openServed(config, config.publicUrl ?? url, log);
  const { services: base, seat, check } = folder;
  const journal = await openJournal(join(data, "journal"), log);
  const loop = startLoop(base, journal);
  const newsroom = withEvents(base.stores.newsroom, journal, loop.onWrite);
  const services = { ...base, stores: { ...base.stores, newsroom } };
  const token = config.token === undefined ? dataToken(data) : undefined;
  const app = createApp({
    services,
    tokens: tokensFrom(config.token ?? (token as string)),
    publish: loop.publish,
    health: { wire: seat.id, check },
  });
  await isOfThisSite(services);
  const server = await listen(app, { host, port });
  const own = { url, pid: process.pid };
  await announce(data, seat.id, own);

  const background = catchUp(services, loop.repair)
    .then(() => adopt(journal, loop, log))
    .catch((error) => log("startup.failed", { error: String(error) }));
  const look = async () => {
    await announce(data, seat.id, own);
    await adopt(journal, loop, log);
  };
  const others = every(ADOPT_EVERY_MS, look, (error) => log("journal.failed", { error: String(error) }));
  return {
    url,
    services,
    token,
    async idle() {
      await background;
      await loop.idle();
    },
    async close() {
      await others.stop();
      retract(data, own);
      await server.close();
      await loop.close();
      await journal.close();
      folder.close();
    },
  };
}

/** Runs again and again; after `stop` has resolved no more. */
function every(milliseconds: number, run: () => Promise<void>, onError: (error: unknown) => void) {
  let last: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    last = last.then(run).catch(onError);
  }, milliseconds);
  return {
    stop() {
      clearInterval(timer);
      return last;
    },
  };
}

/** Publishes what processes that died had accepted. */
async function adopt(journal: Journal, loop: Loop, log: Log): Promise<void> {
  const entries = await journal.adopt();
  if (entries.length > 0) log("journal.adopted", { articles: entries.length });
  for (const entry of entries) loop.onWrite(entry);
}

/** The token that was made at the first start, kept where only its owner can read it. */
function dataToken(data: string): string {
  const path = join(data, "token");
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    const token = randomBytes(24).toString("base64url");
    mkdirSync(data, { recursive: true });
    writeFileSync(path, `${token}\n`, { mode: 0o600 });
    return token;
  }
}
