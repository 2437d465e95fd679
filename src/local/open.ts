import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { createServices, type Log, type Services } from "../services.ts";
import { loadSiteFile, resolveSite } from "../site.ts";
import { fileStore } from "../store/file.ts";

/** What a running wire leaves in its data folder for the command line. */
export type ServerFile = { url: string; origin: string; pid: number };

export const serverFile = (data: string) => join(data, "server.json");

/**
 * The embedded stores of a data folder, with all that the use cases need. Any number of processes may have them open.
 * Documents name `origin`: by default the one that the folder's wire was last started with.
 */
export async function openLocal(
  config: Config,
  options: { origin?: string; log?: Log } = {},
): Promise<{ services: Services; close(): Promise<void> }> {
  const origin =
    options.origin ?? config.publicUrl ?? lastOrigin(config) ?? originOf(config.host, config.port);
  const site = resolveSite(await loadSiteFile(), origin);
  mkdirSync(config.data, { recursive: true });
  const newsroom = fileStore(join(config.data, "newsroom"));
  const published = fileStore(join(config.data, "site"));
  const services = createServices({
    site,
    stores: { newsroom, site: published },
    log: options.log ?? (() => {}),
  });
  return {
    services,
    close: async () => {
      newsroom.close();
      published.close();
    },
  };
}

/** How a reader on this machine reaches a server that listens there. */
export function originOf(host: string, port: number): string {
  const name = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

function lastOrigin(config: Config): string | undefined {
  try {
    const file: ServerFile = JSON.parse(readFileSync(serverFile(config.data), "utf8"));
    return file.origin;
  } catch {
    return undefined;
  }
}
