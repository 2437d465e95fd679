import { resolve } from "node:path";
import { styleText } from "node:util";
import { type Config, DEFAULT_DATA } from "../config/environment.ts";
import { logUrl } from "../core/keys.ts";
import { sitemapLine } from "../render/news-sitemap.ts";
import { documentLinks, type FeedTraits } from "../render/outputs.ts";
import type { Wire } from "./wire.ts";

type Shown = Pick<Wire, "url" | "token" | "tokenFile"> & { services: Pick<Wire["services"], "site"> };

/**
 * What a wire prints at its start. Each command in it works as it is typed in another terminal, in the folder `cwd`,
 * with any environment of the wire. No secret of the environment is in it.
 */
export function welcome(wire: Shown, config: Pick<Config, "data">, cwd: string): string {
  const { origin, title, feeds } = wire.services.site;
  const bold = (text: string) => styleText("bold", text);
  const lines = [
    `${bold("Flashwire")} runs the wire of ${bold(title)} at ${bold(wire.url)}`,
    "",
    ...feeds.map((feed) => `  ${feed.name.padEnd(12)} ${addresses(origin, feed)}`),
    `  ${"(changes)".padEnd(12)} ${logUrl(origin)}`,
    "",
    `  For search engines, the robots.txt of the newsroom's own host needs: ${sitemapLine({ origin })}`,
    "",
    `  Token        ${wire.token ?? "as FLASHWIRE_TOKEN says; commands on this machine have one of their own"}`,
    `  Data         ${config.data}`,
    "",
    `Send an article, and see it in its feeds (in another terminal, in ${cwd}):`,
    "",
    ...commands(wire, config, cwd).map((command) => (command === "" ? "" : `  ${command}`)),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** The addresses of a feed's documents for programs in one, `…/all/{rss.xml,atom.xml}`; else the address of its page. */
function addresses(origin: string, feed: FeedTraits): string {
  const base = `${origin}/feeds/${feed.name}/`;
  const files = documentLinks(origin, feed).flatMap(({ forPeople, url }) =>
    forPeople ? [] : [url.slice(base.length)],
  );
  return `${base}${files.length > 1 ? `{${files.join(",")}}` : files.join("")}`;
}

function commands(
  { url, tokenFile, services }: Shown,
  { data }: Pick<Config, "data">,
  cwd: string,
): string[] {
  const { feeds } = services.site;
  const npx = `${data === DEFAULT_DATA ? "" : `FLASHWIRE_DATA=${quoted(resolve(cwd, data))} `}npx flashwire`;
  const feed = feeds.find(({ name }) => name === "all") ?? feeds[0];
  const put = tokenFile === undefined ? [] : [putWithCurl(url, resolve(cwd, tokenFile))];
  const [first] = feed === undefined ? [] : documentLinks(url, feed);
  const get = first === undefined ? [] : [`curl ${quoted(first.url)}`];
  return [
    `${npx} ingest examples/article.json`,
    `${npx} show harbour-bridge-reopens`,
    ...(put.length + get.length === 0 ? [] : ["", "# or with curl:", ...put, ...get]),
  ];
}

const HELLO =
  '{"url":"https://news.example.org/hello-from-curl","headline":"Hello from curl","published":"2026-01-01T12:00:00Z"}';

function putWithCurl(url: string, tokenFile: string): string {
  const address = quoted(`${url}/articles/hello-from-curl?wait=published`);
  const token = `-H "Authorization: Bearer $(cat ${quoted(tokenFile)})"`;
  return `curl -X PUT ${address} ${token} -H 'Content-Type: application/json' -d ${quoted(HELLO)}`;
}

/** The text as one word of a POSIX shell (XCU 2.2.2), with any characters in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
