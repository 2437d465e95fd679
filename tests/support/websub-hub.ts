import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, NetConnectOpts } from "node:net";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { createFetch, type GuardedFetch } from "../../src/fetch/fetch.ts";

/*
 * A WebSub hub by the Recommendation (https://www.w3.org/TR/websub/) that takes pings as public hubs do. It believes no ping: it
 * fetches the topic, and hands it on when its bytes are others than before. It names itself and the topic in `Link` (§7), asks
 * each subscriber whether it means it (§5.3), and signs for those that gave a secret (§7.1).
 */

const TLS = join(import.meta.dirname, "..", "fixtures", "tls");
const CERT = readFileSync(join(TLS, "hub.cert.pem"), "utf8");

/** A public address; the name of the hub leads to it, and a connection to it to the hub. */
const PUBLIC = "93.184.215.14";

export type Hub = {
  url: string;
  /** The topics of each ping, in the order of the requests. */
  pings: string[][];
  /** What it found at its topics: the address, the media type and the text. */
  found: { topic: string; type: string | undefined; text: string }[];
  /** It answers these statuses to pings, one after the other, and then does its work. */
  failures: { status: number; headers?: Record<string, string> }[];
  /** It answers nothing any more. */
  isSilent: boolean;
  port: number;
  close(): Promise<void>;
};

/** `documents` answers what a GET of a topic would: the hub reaches the wire by another address than its readers. */
export async function startHub(
  name: "hub.example.org" | "second.example.org",
  documents: (topic: string) => Promise<Response>,
): Promise<Hub> {
  const contents = new Map<string, string>();
  const subscribers = new Map<string, Map<string, { secret: string | undefined }>>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const fields = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    if (hub.isSilent) return;
    const mode = fields.get("hub.mode");
    if (request.method !== "POST" || mode === null)
      return void response.writeHead(400).end("hub.mode is missing");
    if (mode === "subscribe") return subscribe(fields, response);
    if (mode !== "publish") return void response.writeHead(400).end("no such hub.mode");
    const topics = fields.getAll("hub.url");
    hub.pings.push(topics);
    const failure = hub.failures.shift();
    if (failure !== undefined) return void response.writeHead(failure.status, failure.headers).end("not now");
    if (topics.length !== 1) return void response.writeHead(400).end("one hub.url at a time");
    response.writeHead(202).end();
    await lookAt(topics[0] as string);
  }

  async function lookAt(topic: string): Promise<void> {
    const found = await documents(topic);
    const text = await found.text();
    const links = found.headers.get("link") ?? "";
    // A topic that does not name this hub is none of its business (§4).
    if (!found.ok || !links.includes(`<${hub.url}>; rel="hub"`)) return;
    const digest = createHash("sha256").update(text).digest("hex");
    if (contents.get(topic) === digest) return;
    contents.set(topic, digest);
    const type = found.headers.get("content-type") ?? undefined;
    hub.found.push({ topic, type, text });
    for (const [callback, { secret }] of subscribers.get(topic) ?? []) {
      const signature = secret && `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
      await fetch(callback, {
        method: "POST",
        body: text,
        headers: {
          "content-type": type ?? "application/octet-stream",
          link: `<${hub.url}>; rel="hub", <${topic}>; rel="self"`,
          ...(signature ? { "x-hub-signature": signature } : {}),
        },
      });
    }
  }

  async function subscribe(fields: URLSearchParams, response: ServerResponse): Promise<void> {
    const [topic, callback] = [fields.get("hub.topic"), fields.get("hub.callback")];
    if (topic === null || callback === null)
      return void response.writeHead(400).end("a parameter is missing");
    response.writeHead(202).end();
    const asked = new URL(callback);
    const challenge = createHash("sha256").update(`${topic} ${callback}`).digest("hex");
    for (const [name, value] of Object.entries({
      mode: "subscribe",
      topic,
      challenge,
      lease_seconds: "864000",
    }))
      asked.searchParams.set(`hub.${name}`, value);
    const confirmed = await fetch(asked);
    if (!confirmed.ok || (await confirmed.text()) !== challenge) return;
    const known = subscribers.get(topic) ?? new Map();
    subscribers.set(topic, known.set(callback, { secret: fields.get("hub.secret") ?? undefined }));
  }

  const server = createServer(
    { cert: CERT, key: readFileSync(join(TLS, "hub.key.pem")) },
    (request, response) => {
      answer(request, response).catch((error) => response.destroy(error));
    },
  ).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  const hub: Hub = {
    url: `https://${name}/`,
    pings: [],
    found: [],
    failures: [],
    isSilent: false,
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hub;
}

/** The guarded fetch of the wire on an Internet that has these hubs and nothing else. */
export function fetchTo(...hubs: Hub[]): GuardedFetch {
  return createFetch({
    ca: CERT,
    async resolve(hostname) {
      if (hubs.some(({ url }) => new URL(url).hostname === hostname)) return [{ address: PUBLIC, family: 4 }];
      throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
    },
    connect(options) {
      const { host } = options as NetConnectOpts & { host: string };
      const hub = hubs.find(({ url }) => new URL(url).hostname === host);
      return tlsConnect({
        ...options,
        host: "127.0.0.1",
        port: hub?.port ?? 0,
        servername: host,
        ca: CERT,
      } as never);
    },
  });
}
