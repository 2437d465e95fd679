import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, test } from "vitest";
import { reservePort } from "../../src/local/port.ts";

const host = "127.0.0.1";

test("when a port is reserved, no other program gets it, and a client is sent away; when it is freed, another program gets it", async () => {
  const port = await reservePort({ host, port: 0 });
  await expect(reservePort({ host, port: port.number })).rejects.toMatchObject({ code: "invalid" });
  const client = connect({ host, port: port.number });
  client.on("error", () => {});
  await once(client, "close");
  await port.free();
  const server = createServer().listen({ host, port: port.number });
  await once(server, "listening");
  server.close();
});
