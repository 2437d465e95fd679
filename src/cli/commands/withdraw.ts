import type { Command } from "commander";
import { readConfig } from "../../config/environment.ts";
import { AcceptedSchema } from "../../contract/answers.ts";
import type { WithdrawalWords } from "../../core/article.ts";
import { articleId, encodeArticleId } from "../../core/article-id.ts";
import { examples, optionsOf } from "../command.ts";
import { EXIT, note, print, printJson } from "../output/print.ts";
import { ask } from "../wire/client.ts";
import { findTarget } from "../wire/target.ts";

export function addWithdraw(program: Command): void {
  program
    .command("withdraw")
    .summary("kill an article in every feed")
    .description(
      "Withdraws an article: it leaves every document, and formats that can say so tell readers to drop it. " +
        "A newer version, sent later, brings it back. A second withdrawal changes nothing. Exits with 0 when no " +
        "document shows the article any more, and with 1 while one may: the wire goes on, and the command can be repeated.",
    )
    .argument("<id>", "the id of the article")
    .option("--reason <text>", "why, for the newsroom alone: kept with the tombstone, in no document")
    .option("--notice <text>", "what the public is told")
    .addHelpText("after", examples("withdraw my-story", 'withdraw my-story --reason "Published by mistake"'))
    .action(run);
}

const STILL_SHOWN =
  "some documents may show the article still. The wire writes them before all other work, within a minute or as soon " +
  "as what stops it is mended. Repeat the command to see whether it is done; `flashwire status` names what failed.";

async function run(id: string, _options: object, command: Command): Promise<void> {
  const { json = false, reason, notice, ...flags } = optionsOf<WithdrawalWords>(command);
  const target = await findTarget(flags, readConfig());
  const says = reason !== undefined || notice !== undefined;
  const body = says ? { body: JSON.stringify({ reason, notice }) } : {};
  const path = `/articles/${encodeArticleId(articleId(id) ?? id)}?wait=published`;
  const outcome = await ask(target, AcceptedSchema, "DELETE", path, body);
  const isDone = outcome.result !== "withdrawing";
  if (!isDone) process.exitCode = EXIT.refused;
  if (json) return printJson(outcome);
  for (const { pointer, detail } of outcome.warnings ?? []) note(`${id} ${pointer} ${detail}`);
  if (isDone) print(`${id} is withdrawn${outcome.result === "unchanged" ? "; it already was" : ""}.`);
  else note(`${id} is being withdrawn: the wire has the kill, but ${STILL_SHOWN}`);
}
