import type { Command } from "commander";
import { readConfig } from "../../config/environment.ts";
import { FlashwireError } from "../../core/errors.ts";
import { FORMATS } from "../../render/formats.ts";
import { examples, optionsOf } from "../command.ts";
import { MAX_SMOKE_TRIES } from "../limits.ts";
import { print, printJson } from "../output/print.ts";
import { checkWay, endRun, nextRun, sendRun, untilGone, untilSeen } from "../wire/smoke.ts";
import { findTarget, type Target } from "../wire/target.ts";

export function addSmoke(program: Command): void {
  program
    .command("smoke")
    .summary("try a wire from end to end")
    .description(
      "Sends a test article, waits until a reader sees it in every format, withdraws it, and waits until it is gone. It " +
        "stands in a feed of its own that no list names, so readers never see it. Run it after a deployment, or when in " +
        "doubt. Caches on the way may take half a minute each time.",
    )
    .argument("[url]", "the origin of the wire (default: as for the other commands)")
    .addHelpText("after", examples("smoke", "smoke https://wire.example.org --token …"))
    .action(run);
}

async function run(url: string | undefined, _options: object, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf(command);
  const target = await findTarget({ ...flags, ...(url === undefined ? {} : { url }) }, readConfig());
  const { feed, visible, gone } = await tryUntilAlone(target);
  if (json) return printJson({ feed, visible, gone });
  print(
    `${target.url} works: in ${feed}, ${FORMATS.length} formats, after ${seconds(visible)}, gone after ${seconds(gone)}.`,
  );
}

type Tried = { feed: string; visible: number; gone: number };

/** Tests of others that begin at the same time take the place of this one. */
async function tryUntilAlone(target: Target): Promise<Tried> {
  for (let tries = 1; ; tries++) {
    try {
      const revision = await nextRun(target);
      await checkWay(target, revision);
      return await tryOnce(target, revision);
    } catch (error) {
      const isOvertaken = error instanceof FlashwireError && error.code === "stale";
      if (!isOvertaken || tries === MAX_SMOKE_TRIES) throw error;
    }
  }
}

/** Answers the feed, and the milliseconds until the article was seen, and from then until it was gone. */
async function tryOnce(target: Target, revision: number): Promise<Tried> {
  const begun = Date.now();
  try {
    const place = await sendRun(target, revision);
    await untilSeen(target, place, revision);
    const visible = Date.now() - begun;
    await endRun(target, revision);
    await untilGone(place, revision);
    return { feed: place.feed, visible, gone: Date.now() - begun - visible };
  } catch (error) {
    // Nothing of the test stays behind, also after a failure.
    await endRun(target, revision).catch(() => {});
    throw error;
  }
}

const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(1)} s`;
