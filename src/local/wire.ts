import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { ADOPT_EVERY_MS } from "../core/limits.ts";
import { createApp } from "../http/app.ts";
import { tokensFrom } from "../http/auth.ts";
import { listen } from "../http/node.ts";
import type { Log, Services } from "../services.ts";
import { withEvents } from "./events.ts";
import { type Journal, openJournal } from "./journal.ts";
import { type Loop, startLoop } from "./loop.ts";
import { openLocal, originOf, type ServerFile, serverFile } from "./open.ts";
import { catchUp } from "./startup.ts";

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
  const port = config.port === 0 ? await freePort(config.host) : config.port;
  const origin = config.publicUrl ?? originOf(config.host, port);
  const { services: base, close: closeStores } = await openLocal(config, { origin, log });
  const journal = await openJournal(join(config.data, "journal"));
  const loop = startLoop(base, journal);
  const newsroom = withEvents(base.stores.newsroom, journal, loop.onWrite);
  const services = { ...base, stores: { ...base.stores, newsroom } };
  const token = config.token === undefined ? dataToken(config.data) : undefined;
  const app = createApp({
    services,
    tokens: tokensFrom(config.token ?? (token as string)),
    publish: loop.publish,
  });
  const server = await listen(app, { host: config.host, port });
  writeServerFile(config.data, { url: originOf(config.host, port), origin, pid: process.pid });

  const background = catchUp(services, loop.repair)
    .then(() => adopt(journal, loop, log))
    .catch((error) => log("startup.failed", { error: String(error) }));
  const orphans = setInterval(() => {
    adopt(journal, loop, log).catch((error) => log("journal.failed", { error: String(error) }));
  }, ADOPT_EVERY_MS);
  return {
    url: originOf(config.host, port),
    services,
    token,
    async idle() {
      await background;
      await loop.idle();
    },
    async close() {
      clearInterval(orphans);
      await server.close();
      await loop.close();
      await journal.close();
      await closeStores();
    },
  };
}

/** Publishes what processes that died had accepted. */
async function adopt(journal: Journal, loop: Loop, log: Log): Promise<void> {
  const { ids, done } = await journal.adopt();
  try {
    if (ids.length > 0) log("journal.adopted", { articles: ids.length });
    // In a journal of our own first: the one that is given up may be the only trace.
    for (const id of ids) loop.onWrite(await journal.append(id));
  } finally {
    done();
  }
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

function writeServerFile(data: string, file: ServerFile): void {
  const path = serverFile(data);
  writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(file)}\n`);
  renameSync(`${path}.${process.pid}`, path);
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
