import { parseArgs } from "node:util";
import { SERVER_FACTS, type ServerFact } from "./facts.ts";
import { NotTried } from "./s3-facts.ts";
import { openServer, type Tested } from "./server.ts";
import { timesOf } from "./times.ts";

/*
 * `npm run conformance -- --endpoint URL [--bucket NAME]`: can this S3 server carry a wire? Credentials and region come
 * from where the SDK takes them. Without --endpoint it asks what AWS_ENDPOINT_URL_S3 names, else AWS; without --bucket it
 * makes two buckets and removes them. --only tries the facts whose sentence has this text. Exit code: 0 it can, 1 it cannot, 2 the check could not be made.
 */

const USAGE = "npm run conformance -- [--endpoint http://HOST:PORT] [--bucket NAME] [--only TEXT]…";

const OPTIONS = {
  endpoint: { type: "string" },
  bucket: { type: "string" },
  only: { type: "string", multiple: true },
} as const;

type Result = "passes" | "FAILS" | "not tried";

/** One line for the fact, and below it why it fails and what a wire loses. */
async function tell(fact: ServerFact, world: Tested): Promise<Result> {
  const { result, reason } = await tryFact(fact, world);
  const need = fact.isOptional ? "optional" : "needed";
  say(`${result.padEnd(10)} ${need.padEnd(9)} ${fact.name}`);
  if (reason !== undefined) say(`${" ".repeat(21)}${reason}`);
  if (result === "FAILS") say(`${" ".repeat(21)}without it: ${fact.loses}`);
  return result;
}

async function tryFact(fact: ServerFact, world: Tested): Promise<{ result: Result; reason?: string }> {
  try {
    await fact.check(world);
    return { result: "passes" };
  } catch (error) {
    const reason = firstLines(error instanceof Error ? error.message : String(error));
    return { result: error instanceof NotTried ? "not tried" : "FAILS", reason };
  } finally {
    world.loseAnswers(0);
  }
}

/** A message of fast-check or of a comparison has many lines. */
function firstLines(text: string): string {
  const line = text.split("\n").slice(0, 6).join(" ").replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)} …` : line;
}

async function main(): Promise<number> {
  const { endpoint, bucket, only = [""] } = readArguments();
  const facts = SERVER_FACTS.filter(({ name }) => only.some((text) => name.includes(text)));
  const world = await openServer(endpoint, bucket);
  const failed: ServerFact[] = [];
  let isStopped = false;
  process.once("SIGINT", () => {
    isStopped = true;
    say("Stopping behind the check that is under way, and removing what the checks made …");
  });
  try {
    for (const fact of facts) if (!isStopped && (await tell(fact, world)) === "FAILS") failed.push(fact);
    if (!isStopped) for (const line of await timesOf(world.store)) say(line);
  } finally {
    await world.close();
  }
  if (isStopped) return 2;
  const needed = failed.filter(({ isOptional }) => !isOptional);
  say(`\n${failed.length} of ${facts.length} fail, ${needed.length} of them needed.`);
  say(needed.length === 0 ? "This S3 can carry a wire." : "This S3 cannot carry a wire.");
  return needed.length === 0 ? 0 : 1;
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${USAGE}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  return 2;
});
