import { createServer, type RequestListener } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type LookupFunction,
  connect as netConnect,
  type Socket,
} from "node:net";
import { afterEach } from "vitest";
import type { Resolve, Resolved } from "../../src/fetch/check.ts";
import { createFetch, type Outside } from "../../src/fetch/fetch.ts";

/** A public address; every connection to it ends at a server of the test. */
export const PUBLIC = "93.184.215.14";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** Answers on a port of this machine until the test is over. */
export async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  open.push({ close: () => [server.closeAllConnections(), server.close()] });
  return (server.address() as AddressInfo).port;
}

/** The same for what is no HTTP. */
export async function serveRaw(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    socket.once("data", () => onConnection(socket));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  open.push({ close: () => [...sockets].map((socket) => socket.destroy()).concat(server.close() as never) });
  return (server.address() as AddressInfo).port;
}

/** Answers from lists of addresses by name: each look-up takes the next one, and the last one stays. */
export function namesAre(table: Record<string, string[][]>): Resolve & { asked: string[] } {
  const asked: string[] = [];
  const resolve = async (hostname: string): Promise<Resolved[]> => {
    asked.push(hostname);
    const answers = table[hostname];
    if (answers === undefined) throw Object.assign(new Error("not found"), { code: "ENOTFOUND" });
    const next = (answers.length > 1 ? answers.shift() : answers[0]) as string[];
    return next.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
  };
  return Object.assign(resolve, { asked });
}

/** A fetch whose connections all end on this machine; `reached` has the addresses that the sockets were told. */
export function guarded(table: Record<string, string[][]>, outside: Outside = {}) {
  const reached: string[] = [];
  const resolve = namesAre(table);
  const fetch = createFetch({
    resolve,
    connect(options) {
      const { port, lookup } = options as { port: number; lookup: LookupFunction };
      lookup("a name that nobody should look up", {}, (_, address) => reached.push(String(address)));
      return netConnect({ port, host: "127.0.0.1" });
    },
    ...outside,
  });
  return { fetch, reached, asked: resolve.asked };
}

/** Runs nothing of its own accord: the test lets the time pass. */
export function handTimer() {
  const waiting = new Map<object, { at: number; run: () => void }>();
  let now = 0;
  return {
    timer(milliseconds: number, run: () => void) {
      const key = {};
      waiting.set(key, { at: now + milliseconds, run });
      return () => void waiting.delete(key);
    },
    pass(milliseconds: number) {
      now += milliseconds;
      for (const [key, { at, run }] of waiting)
        if (at <= now) {
          waiting.delete(key);
          run();
        }
    },
    left: () => waiting.size,
  };
}
