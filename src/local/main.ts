import { styleText } from "node:util";
import { type Config, readConfig } from "../config/environment.ts";
import { FlashwireError } from "../core/errors.ts";
import { FORMATS } from "../render/formats.ts";
import { startWire, type Wire } from "./wire.ts";

/** `npm start`: the whole wire on this machine, until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig();
  const wire = await startWire(config, logLine);
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      // A second Ctrl-C does not wait: what was accepted is in the journal.
      if (stopping) process.exit(130);
      stopping = true;
      process.stdout.write("Stopping …\n");
      wire.close().then(
        () => process.exit(0),
        (error) => fail(error),
      );
    });
  }
  // Last: whoever reads it may stop this process at once.
  process.stdout.write(welcome(wire, config));
}

function welcome(wire: Wire, config: Config): string {
  const { origin, title, feeds } = wire.services.site;
  const files = FORMATS.map(({ file }) => file).join(",");
  const bold = (text: string) => styleText("bold", text);
  const lines = [
    `${bold("Flashwire")} runs the wire of ${bold(title)} at ${bold(wire.url)}`,
    "",
    ...feeds.map(({ name }) => `  ${name.padEnd(12)} ${origin}/feeds/${name}/{${files}}`),
    "",
    `  Token        ${wire.token ?? "as FLASHWIRE_TOKEN says"}`,
    `  Data         ${config.data}`,
    "",
    "Send an article, and see it in its feeds (in another terminal):",
    "",
    "  npx flashwire ingest examples/article.json",
    "  npx flashwire show harbour-bridge-reopens",
    "",
    "or with curl:",
    "",
    `  curl -X PUT '${wire.url}/articles/hello-from-curl?wait=published' -H 'Authorization: Bearer ${wire.token ?? "$FLASHWIRE_TOKEN"}' -H 'Content-Type: application/json' -d '{"url":"https://news.example.org/hello-from-curl","headline":"Hello from curl","published":"2026-01-01T12:00:00Z"}'`,
    `  curl '${wire.url}/feeds/all/rss.xml'`,
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** One JSON line per event, on standard error. */
function logLine(event: string, details: Record<string, unknown> = {}): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...details })}\n`);
}

function fail(error: unknown): never {
  const known = error instanceof FlashwireError || (error instanceof Error && "code" in error);
  process.stderr.write(`${known ? error.message : String((error as Error)?.stack ?? error)}\n`);
  process.exit(1);
}

// Whoever read this may be gone, or the disk below it full: what cannot be said must not stop the wire.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

main().catch(fail);
