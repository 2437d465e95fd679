import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { addSourceTo, sourceText } from "../../config/edit-site-file.ts";
import { siteFilePath } from "../../config/site-file.ts";
import { FlashwireError } from "../../core/errors.ts";
import { sourceNameOf } from "../../core/site-sources.ts";
import { createFetch } from "../../fetch/fetch.ts";
import type { Item } from "../../import/item.ts";
import type { Outside, Source } from "../../import/kind.ts";
import { KINDS } from "../../import/kinds.ts";
import { recognise } from "../../import/recognise.ts";
import { readArticle } from "../../validate/article.ts";
import { examples, optionsOf, siteFileOf } from "../command.ts";
import { FOLLOW_PREVIEW } from "../limits.ts";
import { note, plain, print, printJson } from "../output/print.ts";
import { withPrivateAdvice } from "../output/private-advice.ts";
import { withFolderOrStack } from "../wire/stack.ts";
import { confirm } from "./source.ts";

type Flags = {
  confirm?: boolean;
  every?: string;
  idPrefix?: string;
  name?: string;
  private?: boolean;
  section?: string;
  write?: boolean;
};

export function addFollow(program: Command): void {
  withFolderOrStack(program.command("follow"))
    .summary("let the wire follow a website by itself")
    .description(
      "Finds out what the wire can follow at an address: a WordPress site, a feed, or the feed that a page names. Shows what " +
        "would become of the newest ten articles. With --write it writes the source into the site file, and the wire " +
        "follows it from its next start or deploy.",
    )
    .argument("<address>", "the address of a website or a feed; with --confirm the name of a source")
    .option("--every <seconds>", "how often the wire looks", "300")
    .option("--name <name>", "what the source is called (default: after its host)")
    .option("--id-prefix <text>", "put before the id of each article, where several websites feed one wire")
    .option("--section <name>", "the section of articles that name none")
    .option("--confirm", "withdraw the articles that the source called gone at once, and that wait for you")
    .option("--write", "write the source into the site file")
    .addOption(new Option("--private", "let the website stand in your own network"))
    .addHelpText(
      "after",
      examples("follow https://blog.example.org", "follow blog.example.org --every 60 --write"),
    )
    .action(run);
}

async function run(address: string, _options: object, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf<Flags>(command);
  if (flags.confirm) return confirm(address, _options, command);
  const outside: Outside = { fetch: createFetch(), sleep, now: Date.now };
  const at = addressOf(address, flags);
  const { kind, url } = await recognise(at, outside).catch((error) => {
    throw withPrivateAdvice(error);
  });
  const items = await KINDS[kind].newest({ ...at, url }, outside, FOLLOW_PREVIEW);
  const source = {
    name: flags.name ?? sourceNameOf(url),
    kind,
    url,
    every: Number(flags.every),
    ...(flags.idPrefix === undefined ? {} : { idPrefix: flags.idPrefix }),
    ...(flags.section === undefined ? {} : { section: flags.section }),
    ...(flags.private ? { private: true } : {}),
  };
  const previews = items.map(previewOf);
  if (json) printJson({ source, articles: previews });
  else {
    print(`${url} is ${kind === "wordpress" ? "a WordPress site" : "a feed"}. Its newest articles:`);
    for (const preview of previews) for (const line of linesOf(preview)) print(line);
  }
  const path = siteFilePath(siteFileOf(command));
  if (flags.write) {
    await addSourceTo(path, source);
    note(`${path} names the source ${source.name} now. The wire follows it from its next start or deploy.`);
  } else if (!json)
    note(`Write it into the site file with --write, or by hand:\n\n  sources: [${sourceText(source)}],\n`);
}

/** People leave the scheme out. */
function addressOf(text: string, flags: Flags): Source {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new FlashwireError("invalid", `${text} is no address of a website.`);
  return {
    url: url.href,
    allowsPrivate: flags.private ?? false,
    ...(flags.idPrefix === undefined ? {} : { idPrefix: flags.idPrefix }),
    ...(flags.section === undefined ? {} : { section: flags.section }),
  };
}

type Preview = {
  where: string;
  headline?: string;
  published?: string;
  id?: string;
  notes: string[];
  skipped?: string;
};

/** What the door of a wire would make of an article. */
function previewOf(item: Item): Preview {
  const { where } = item;
  if ("skipped" in item) return { where, notes: [], skipped: item.skipped };
  const now = Date.now();
  const record = { published: new Date(now).toISOString(), ...item.record };
  try {
    const { article, warnings } = readArticle(record, { now });
    const { headline, published } = article as { headline?: string; published: string };
    const notes = [...item.repaired, ...warnings.map(({ pointer, detail }) => `${pointer} ${detail}`)];
    return { where, id: article.id, published, notes, ...(headline === undefined ? {} : { headline }) };
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    const [first] = error.errors;
    return {
      where,
      notes: [],
      skipped: first === undefined ? error.message : `${first.pointer} ${first.detail}`,
    };
  }
}

function linesOf({ where, headline = "", published = "", id = "", notes, skipped }: Preview): string[] {
  if (skipped !== undefined) return [`  not taken: ${plain(where)}: ${plain(skipped)}`];
  return [
    `  ${published}  ${plain(headline)}  (${plain(id)})`,
    ...notes.map((text) => `      ${plain(text)}`),
  ];
}
