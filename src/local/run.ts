import { readConfig } from "../config/environment.ts";
import { FlashwireError } from "../core/errors.ts";
import { welcome } from "./welcome.ts";
import { startWire } from "./wire.ts";

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
  // Last: a program that reads it may stop this process at once.
  process.stdout.write(welcome(wire, config, process.cwd()));
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

// The reader of this stream may be gone, or its disk full: a log line that cannot be written must not stop the wire.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

main().catch(fail);
