import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { createServices, type Log, type Services } from "../services.ts";
import { loadSiteFile, resolveSite } from "../site.ts";
import { fileStore } from "../store/file.ts";
import { type Seat, seatGuest, seatServer } from "./seat.ts";

export type Opened = {
  services: Services;
  seat: Seat;
  /** Throws `storage` as long as nothing can be written. */
  check(): void;
  close(): void;
};

/** The data folder for a command that works on it beside its servers, or without one. */
export function openLocal(config: Config): Promise<Opened> {
  const otherwise = originOf(config.host, config.port);
  return open(
    config,
    () => seatGuest(config.data, config.publicUrl, otherwise),
    () => {},
  );
}

/** The same for a server whose documents name this origin. */
export function openServed(config: Config, origin: string, log: Log): Promise<Opened> {
  return open(config, () => seatServer(config.data, origin), log);
}

/** The embedded stores of a data folder, with all that the use cases need. Many processes may have them open. */
async function open({ data }: Config, sit: () => Promise<Seat>, log: Log): Promise<Opened> {
  const siteFile = await loadSiteFile();
  mkdirSync(data, { recursive: true });
  const newsroom = fileStore(join(data, "newsroom"));
  const published = fileStore(join(data, "site"));
  const seat = await sit();
  const services = createServices({
    site: resolveSite(siteFile, seat.origin),
    stores: { newsroom, site: published },
    log,
  });
  return {
    services,
    seat,
    check() {
      newsroom.check();
      published.check();
    },
    close() {
      newsroom.close();
      published.close();
      seat.leave();
    },
  };
}

/** How a reader on this machine reaches a server that listens there. */
export function originOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
