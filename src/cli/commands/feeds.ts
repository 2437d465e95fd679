import type { Command } from "commander";
import { readConfig } from "../../config/environment.ts";
import { type Directory, DirectorySchema, type ListedFeed } from "../../contract/documents.ts";
import { FORMATS } from "../../render/formats.ts";
import { examples, optionsOf } from "../command.ts";
import { MAX_FEED_PAGES } from "../limits.ts";
import { plain, print, printJson, table } from "../output/print.ts";
import { ask } from "../wire/client.ts";
import { findTarget } from "../wire/target.ts";

export function addFeeds(program: Command): void {
  program
    .command("feeds")
    .summary("list the feeds of the wire")
    .description(
      "Lists the feeds of the site file, then those of its families that articles have made so far.",
    )
    .addHelpText("after", examples("feeds", "feeds --json"))
    .action(run);
}

async function run(_options: object, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf(command);
  const target = await findTarget(flags, readConfig());
  const feeds: ListedFeed[] = [];
  let path: string | undefined = "/feeds";
  for (let pages = 0; path !== undefined && pages < MAX_FEED_PAGES; pages++) {
    const page: Directory = await ask(target, DirectorySchema, "GET", path);
    feeds.push(...page.feeds);
    // The page names its public address; this command asks the wire that it was told to.
    const next = page.next === undefined ? undefined : new URL(page.next);
    path = next && `${next.pathname}${next.search}`;
  }
  if (json) return printJson(feeds);
  const [first, ...others] = FORMATS.filter(({ forPeople }) => !forPeople);
  const rows = feeds.map((feed) => [feed.name, plain(feed.title), feed[first?.name ?? ""] ?? ""]);
  const beside = others.map(({ file }) => file).join(", ");
  for (const line of table(["FEED", "TITLE", `${first?.file} (beside it: ${beside})`], rows)) print(line);
}
