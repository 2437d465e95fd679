import type { Command } from "commander";
import { readConfig } from "../../config/environment.ts";
import { AcceptedSchema } from "../../contract/answers.ts";
import { articleId, encodeArticleId } from "../../core/article-id.ts";
import { examples, optionsOf } from "../command.ts";
import { print, printJson } from "../output/print.ts";
import { ask } from "../wire/client.ts";
import { findTarget } from "../wire/target.ts";

export function addWithdraw(program: Command): void {
  program
    .command("withdraw")
    .summary("kill an article in every feed")
    .description(
      "Withdraws an article: it leaves every document, and formats that can say so tell readers to drop it. " +
        "A newer version, sent later, brings it back. Withdrawing twice is withdrawing once.",
    )
    .argument("<id>", "the id of the article")
    .option("--reason <text>", "kept with the tombstone")
    .addHelpText("after", examples("withdraw my-story", 'withdraw my-story --reason "Published by mistake"'))
    .action(run);
}

async function run(id: string, _options: object, command: Command): Promise<void> {
  const { json = false, reason, ...flags } = optionsOf<{ reason?: string }>(command);
  const target = await findTarget(flags, readConfig());
  const body = reason === undefined ? {} : { body: JSON.stringify({ reason }) };
  // A kill is done when readers cannot see the article any more, not before.
  const path = `/articles/${encodeArticleId(articleId(id) ?? id)}?wait=published`;
  const outcome = await ask(target, AcceptedSchema, "DELETE", path, body);
  if (json) printJson(outcome);
  else print(`${id} is withdrawn${outcome.result === "unchanged" ? "; it already was" : ""}.`);
}
