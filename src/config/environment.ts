import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { FlashwireError } from "../core/errors.ts";
import { parseTokens } from "../core/token.ts";

/**
 * What the environment sets. This is the only reader of process.env, but for thread-pool.mjs; the site file says everything else.
 * Settings that only the deployed wire has (bucket names) get a reader of their own here.
 */
export type Config = {
  /** PORT: where `npm start` listens; 0 takes any free port. */
  port: number;
  /** HOST: the address it listens on. */
  host: string;
  /** FLASHWIRE_DATA: the folder of the embedded store. */
  data: string;
  /**
   * FLASHWIRE_TOKEN: the bearer token for writing, or several as `parseTokens` reads them. Without it the local wire
   * makes one and keeps it in the data folder.
   */
  token?: string;
  /** FLASHWIRE_PUBLIC_URL: the origin written into documents, without a slash at its end. */
  publicUrl?: string;
  /** FLASHWIRE_CONFIG: the path of the site file, relative to the working directory; absent: that of the checkout. */
  siteFile?: string;
  /** FLASHWIRE_URL: the wire that the command line speaks to, without a slash at its end. */
  url?: string;
};

/** The data folder where FLASHWIRE_DATA names none. */
export const DEFAULT_DATA = ".flashwire";

type Env = Record<string, string | undefined>;

/** Reads the settings of a local wire and of the command line. Throws `invalid` with every wrong variable by name. */
export function readConfig(env: Env = process.env): Config {
  const problems: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T): T | undefined => {
    // An empty variable is how many shells and compose files say "unset".
    const text = env[name]?.trim();
    if (!text) return undefined;
    try {
      return parse(text);
    } catch (error) {
      problems.push(`  ${name}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };
  const token = read("FLASHWIRE_TOKEN", (text) => {
    parseTokens(text);
    return text;
  });
  const publicUrl = read("FLASHWIRE_PUBLIC_URL", parseOrigin);
  const url = read("FLASHWIRE_URL", parseOrigin);
  const siteFile = readSiteFile(env);
  const config = {
    port: read("PORT", parsePort) ?? 8787,
    host: read("HOST", String) ?? "127.0.0.1",
    data: read("FLASHWIRE_DATA", String) ?? DEFAULT_DATA,
    ...(token === undefined ? {} : { token }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(siteFile === undefined ? {} : { siteFile }),
    ...(url === undefined ? {} : { url }),
  };
  if (problems.length === 0) return config;
  throw new FlashwireError("invalid", `The environment is not valid.\n${problems.join("\n")}`);
}

/** What the template sets for each function of a deployed wire. */
export type AwsConfig = {
  /** FLASHWIRE_NEWSROOM: the private bucket. */
  newsroom: string;
  /** FLASHWIRE_SITE: the bucket that the CDN reads. */
  site: string;
  /** FLASHWIRE_PUBLIC_URL: the origin written into documents, without a slash at its end. */
  publicUrl: string;
  /** FLASHWIRE_DETAILED_METRICS: `true` where every metric is sent, not only those that the alarms need. */
  hasDetailedMetrics: boolean;
  /** FLASHWIRE_ORIGIN_SECRETS, of `ingest`: what the CDN shows to the API, one or two with a comma; none where the stage has none. */
  originSecrets: string[];
};

/** Reads the settings of a function. Throws `invalid` for one that is missing or wrong. */
export function readAwsConfig(env: Env = process.env): AwsConfig {
  const read = <T>(name: string, parse: (text: string) => T): T => {
    const text = env[name]?.trim();
    try {
      if (text) return parse(text);
    } catch (error) {
      throw new FlashwireError("invalid", `${name}: ${error instanceof Error ? error.message : error}`);
    }
    throw new FlashwireError("invalid", `${name} is not set; serverless.yml sets it for each function.`);
  };
  return {
    newsroom: read("FLASHWIRE_NEWSROOM", String),
    site: read("FLASHWIRE_SITE", String),
    publicUrl: read("FLASHWIRE_PUBLIC_URL", parseOrigin),
    hasDetailedMetrics: env.FLASHWIRE_DETAILED_METRICS?.trim() === "true",
    originSecrets: (env.FLASHWIRE_ORIGIN_SECRETS ?? "").split(",").filter((secret) => secret !== ""),
  };
}

/** FLASHWIRE_HUBS_QUEUE: the address of the queue of the function `hubs`. Throws `invalid` where it is not set. */
export function readHubsQueue(env: Env = process.env): string {
  const queue = env.FLASHWIRE_HUBS_QUEUE?.trim();
  if (queue) return queue;
  throw new FlashwireError(
    "invalid",
    "FLASHWIRE_HUBS_QUEUE is not set; infra/hubs.ts sets it for the function hubs.",
  );
}

/**
 * The folder for what the command line remembers between two calls: below XDG_STATE_HOME, else below ~/.local/state
 * (https://specifications.freedesktop.org/basedir-spec/latest/).
 */
export function readStateFolder(env: Env = process.env): string {
  const named = env.XDG_STATE_HOME?.trim();
  // A relative path is to be ignored, by the specification.
  const state = named && isAbsolute(named) ? named : join(env.HOME?.trim() || homedir(), ".local", "state");
  return join(state, "flashwire");
}

/** FLASHWIRE_STACK: the deployed wire that the operator's commands work on. */
export function readStack(env: Env = process.env): string | undefined {
  return env.FLASHWIRE_STACK?.trim() || undefined;
}

/** FLASHWIRE_CONFIG: the path of the site file; undefined where it is that of the checkout. */
export function readSiteFile(env: Env = process.env): string | undefined {
  return env.FLASHWIRE_CONFIG?.trim() || undefined;
}

/** The variables of this process for a program that it starts, with another site file where `siteFile` names one. */
export function environmentFor(siteFile: string | undefined, env: Env = process.env): Env {
  return siteFile === undefined ? env : { ...env, FLASHWIRE_CONFIG: siteFile };
}

/** What a deploy may take away from a stage: FLASHWIRE_DROP names such settings. */
const DROPPABLE = ["domain", "alarmEmail"] as const;

/** FLASHWIRE_DROP: settings that a deploy may take away, such as `domain,alarmEmail`. Throws `invalid` for another name. */
export function readDrop(env: Env = process.env): (typeof DROPPABLE)[number][] {
  const names = env.FLASHWIRE_DROP?.split(",").map((name) => name.trim()) ?? [];
  return names.flatMap((name) => {
    const known = DROPPABLE.find((one) => one === name);
    if (known === undefined && name !== "")
      throw new FlashwireError("invalid", `FLASHWIRE_DROP: ${name} is not one of ${DROPPABLE.join(", ")}.`);
    return known ?? [];
  });
}

/** An absolute http(s) origin, its trailing slash dropped. Throws an Error that says what is wrong. */
export function parseOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Error("must be an absolute http or https URL, such as https://feeds.example.org");
  }
  if (url.username !== "" || url.password !== "") throw new Error("must not hold a user name or password");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new Error("must be an origin: a scheme, a host and a port, no path");
  }
  return url.origin;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error("must be a port number from 0 to 65535");
  return port;
}
