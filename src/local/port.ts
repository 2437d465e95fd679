import { createServer } from "node:net";
import type { Config } from "../config/environment.ts";
import { FlashwireError } from "../core/errors.ts";

/** A port that no other program gets until it is freed. A client that connects to it meanwhile is sent away. */
export type ReservedPort = { number: number; free(): Promise<void> };

/**
 * The port to listen on; a free one where PORT is 0. Throws `invalid` where that is not possible, before anything in
 * the data folder has been changed for it.
 */
export function reservePort({ host, port }: Pick<Config, "host" | "port">): Promise<ReservedPort> {
  return new Promise((resolve, reject) => {
    const holder = createServer((socket) => socket.destroy());
    holder.once("error", (cause) => reject(cannotListen(host, port, cause)));
    holder.listen({ host, port }, () => {
      const address = holder.address();
      const number = typeof address === "object" && address !== null ? address.port : port;
      const free = () => new Promise<void>((done) => holder.close(() => done()));
      resolve({ number, free });
    });
  });
}

function cannotListen(host: string, port: number, cause: NodeJS.ErrnoException): FlashwireError {
  const advice: Record<string, string> = {
    EADDRINUSE: "Another program has this port; set PORT to another one, or to 0 for any that is free.",
    EACCES: "This user may not listen on this port; set PORT to one above 1023.",
  };
  const { code = cause.message } = cause;
  const detail = advice[code] ?? "HOST must be an address of this machine.";
  return new FlashwireError("invalid", `Cannot listen on ${host}:${port} (${code}). ${detail}`, [], {
    cause,
  });
}
