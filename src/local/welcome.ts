import { resolve } from "node:path";
import { styleText } from "node:util";
import { type Config, DEFAULT_DATA } from "../config/environment.ts";
import { logUrl } from "../core/keys.ts";
import { FORMATS } from "../render/formats.ts";
import { sitemapLine } from "../render/news-sitemap.ts";
import type { Wire } from "./wire.ts";

type Shown = Pick<Wire, "url" | "token" | "tokenFile"> & { services: Pick<Wire["services"], "site"> };

/**
 * What a wire prints at its start. Each command in it works as it is typed in another terminal, in the folder `cwd`,
 * whatever the environment of the wire says. No secret of the environment is in it.
 */
export function welcome(wire: Shown, config: Pick<Config, "data">, cwd: string): string {
  const { origin, title, feeds } = wire.services.site;
  const files = FORMATS.filter(({ forPeople }) => !forPeople)
    .map(({ file }) => file)
    .join(",");
  const bold = (text: string) => styleText("bold", text);
  const lines = [
    `${bold("Flashwire")} runs the wire of ${bold(title)} at ${bold(wire.url)}`,
    "",
    ...feeds.map(({ name }) => `  ${name.padEnd(12)} ${origin}/feeds/${name}/{${files}}`),
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

function commands(
  { url, tokenFile, services }: Shown,
  { data }: Pick<Config, "data">,
  cwd: string,
): string[] {
  const { feeds } = services.site;
  const npx = `${data === DEFAULT_DATA ? "" : `FLASHWIRE_DATA=${quoted(resolve(cwd, data))} `}npx flashwire`;
  const feed = (feeds.find(({ name }) => name === "all") ?? feeds[0])?.name;
  const put = tokenFile === undefined ? [] : [putWithCurl(url, resolve(cwd, tokenFile))];
  const get = feed === undefined ? [] : [`curl ${quoted(`${url}/feeds/${feed}/rss.xml`)}`];
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

/** The text as one word of a POSIX shell (XCU 2.2.2), whatever characters are in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
