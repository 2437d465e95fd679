import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { readConfig } from "../../config/environment.ts";
import { AcceptedSchema, type Place, PlacesSchema } from "../../contract/answers.ts";
import { FlashwireError } from "../../core/errors.ts";
import { FORMATS } from "../../render/formats.ts";
import { examples, optionsOf } from "../command.ts";
import { SMOKE_EVERY_MS, SMOKE_PATIENCE_MS } from "../limits.ts";
import { print, printJson } from "../output/print.ts";
import { ask } from "../wire/client.ts";
import { findTarget, type Target } from "../wire/target.ts";

export function addSmoke(program: Command): void {
  program
    .command("smoke")
    .summary("try a wire from end to end")
    .description(
      "Sends a marked test article, waits until a reader sees it in every format, withdraws it, and waits until " +
        "it is gone. After a deployment, or whenever in doubt. Caches on the way may take half a minute each time.",
    )
    .argument("[url]", "the origin of the wire (default: as for the other commands)")
    .addHelpText("after", examples("smoke", "smoke https://wire.example.org --token …"))
    .action(run);
}

async function run(url: string | undefined, _options: object, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf(command);
  const target = await findTarget({ ...flags, ...(url === undefined ? {} : { url }) }, readConfig());
  const id = `flashwire-smoke-${Date.now().toString(36)}`;
  const begun = Date.now();
  await send(target, id);
  try {
    const address = await addressOf(target, id);
    await seen(address, id, true);
    const visible = Date.now() - begun;
    await withdrawn(target, id);
    await seen(address, id, false);
    const gone = Date.now() - begun - visible;
    if (json) return printJson({ id, feed: address.feed, visible, gone });
    print(
      `${target.url} works: in ${address.feed}, ${FORMATS.length} formats, after ${seconds(visible)}, gone after ${seconds(gone)}.`,
    );
  } catch (error) {
    // Nothing of the test stays behind, whatever went wrong.
    await withdrawn(target, id).catch(() => {});
    throw error;
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;

async function send(target: Target, id: string): Promise<void> {
  const body = JSON.stringify({
    url: `https://example.org/${id}`,
    headline: "Test of the wire, please ignore",
    published: new Date().toISOString(),
  });
  await ask(target, AcceptedSchema, "PUT", `/articles/${id}`, { body });
}

/** The first feed that shows it; a feed of its own would prove less. */
async function addressOf(target: Target, id: string): Promise<Place> {
  const { feeds } = await ask(target, PlacesSchema, "GET", `/articles/${id}/feeds`);
  const found = feeds.find(({ feed }) => feed === "all") ?? feeds[0];
  if (found === undefined)
    throw new FlashwireError("not-found", "No feed of the site file takes the test article.");
  return found;
}

async function seen(address: Place, id: string, wanted: boolean): Promise<void> {
  const deadline = Date.now() + SMOKE_PATIENCE_MS;
  const left = new Set(FORMATS.map(({ name }) => address[name] ?? ""));
  for (;;) {
    for (const url of left) if ((await shows(url, id)) === wanted) left.delete(url);
    if (left.size === 0) return;
    if (Date.now() > deadline) {
      const what = wanted ? "is not in" : "is still in";
      throw new FlashwireError("unavailable", `The test article ${what} ${[...left].join(", ")}.`);
    }
    await sleep(SMOKE_EVERY_MS);
  }
}

/** Whether a reader finds the article itself; its tombstone names it too. */
async function shows(url: string, id: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true && (await response.text()).includes(`https://example.org/${id}`);
}

async function withdrawn(target: Target, id: string): Promise<void> {
  const body = JSON.stringify({ reason: "Test of the wire" });
  await ask(target, AcceptedSchema, "DELETE", `/articles/${id}`, { body });
}
