import type { Command } from "commander";
import { FlashwireError } from "../../core/errors.ts";
import type { Site } from "../../core/site.ts";
import type { FollowedSource } from "../../core/site-sources.ts";
import type { Services } from "../../services.ts";
import { onFolder } from "./folder.ts";
import { onStack, stackOf } from "./stack.ts";

/** Runs on the deployed wire that the options name, else on the data folder. */
export function onWire<T>(command: Command, run: (services: Services) => Promise<T>): Promise<T> {
  const on = stackOf(command) === undefined ? onFolder : onStack;
  return on(command, ({ services }: { services: Services }) => run(services));
}

/** Throws `not-found` for a source that the site file does not name. */
export function namedSource({ sources }: Pick<Site, "sources">, name: string): FollowedSource {
  const found = sources.find((source) => source.name === name);
  if (found !== undefined) return found;
  const names = sources.map((source) => source.name).join(", ") || "none";
  throw new FlashwireError("not-found", `The site file has no source ${name}; it has ${names}.`);
}
