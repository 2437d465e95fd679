import type { Command } from "commander";
import pMap from "p-map";
import { readConfig } from "../../config/environment.ts";
import { type Place, type Places, PlacesSchema } from "../../contract/documents.ts";
import { WithdrawnProblemSchema } from "../../contract/problem.ts";
import { RecordSchema } from "../../contract/record.ts";
import type { Article, Published, Withdrawn } from "../../core/article.ts";
import { articleId, encodeArticleId } from "../../core/article-id.ts";
import { FORMATS } from "../../render/formats.ts";
import { examples, optionsOf } from "../command.ts";
import { DOCUMENTS_AT_ONCE } from "../limits.ts";
import { paint, plain, print, printJson, table } from "../output/print.ts";
import { failureOf, readAnswer } from "../wire/answer.ts";
import { ask, call } from "../wire/client.ts";
import type { SeenDocument } from "../wire/read-document.ts";
import { findTarget, type Target } from "../wire/target.ts";

/** One document. The article either `belongs` there, or it has left this feed and must be gone. */
type Address = { feed: string; belongs: boolean; format: string; contentType: string; url: string };

/** What a reader of one document sees of the article right now. */
type Sight = Address & {
  /** `other version`: with another update or flag than the record. */
  state: "present" | "other version" | "absent" | "withdrawn" | "failed";
  updated?: string;
  breaking?: string;
  error?: string;
};

/** The record, and where and how documents show it. */
type Wanted = { article: Article; places: Places };

export function addShow(program: Command): void {
  program
    .command("show")
    .summary("show an article, and what readers see of it")
    .description(
      "Shows the stored version of an article, then fetches every document of the feeds that it belongs to, or has " +
        "left, and says what a reader finds there right now. A feed shows its newest entries only; older ones are " +
        "absent by design.",
    )
    .argument("<id>", "the id of the article")
    .addHelpText("after", examples("show my-story", "show my-story --json"))
    .action(run);
}

async function run(id: string, _options: object, command: Command): Promise<void> {
  const { json = false, ...flags } = optionsOf(command);
  const target = await findTarget(flags, readConfig());
  const path = `/articles/${encodeArticleId(articleId(id) ?? id)}`;
  const article = await readStored(target, path);
  const places = await ask(target, PlacesSchema, "GET", `${path}/feeds`);
  const { version, due } = places;
  const documents = [...documentsOf(places.feeds, true), ...documentsOf(places.left, false)];
  const sights = await pMap(documents, (document) => look({ article, places }, document), {
    concurrency: DOCUMENTS_AT_ONCE,
  });
  if (json)
    printJson({ version, due, article, documents: sights.map(({ contentType: _, ...sight }) => sight) });
  else for (const line of [...recordLines(article, places), "", ...sightLines(sights, due)]) print(line);
}

function documentsOf(feeds: Place[], belongs: boolean): Address[] {
  return feeds.flatMap((feed) =>
    FORMATS.filter(({ forPeople }) => !forPeople).flatMap(({ name, contentType }) => {
      const url = feed[name];
      return url === undefined ? [] : [{ feed: feed.feed, belongs, format: name, contentType, url }];
    }),
  );
}

async function readStored(target: Target, path: string): Promise<Article> {
  const response = await call(target, "GET", path);
  if (response.ok) return readAnswer(RecordSchema, response);
  if (response.status !== 410) throw await failureOf(response);
  const { tombstone } = await readAnswer(WithdrawnProblemSchema, response);
  return tombstone;
}

/** Fetched as a reader does: from the public address, without a token. */
async function look(wanted: Wanted, document: Address): Promise<Sight> {
  try {
    const response = await fetch(document.url);
    if (!response.ok) return { ...document, state: "failed", error: `answers ${response.status}` };
    // The XML parser takes its time to load, and only this command needs it.
    const { readDocument } = await import("../wire/read-document.ts");
    return { ...document, ...sightOf(wanted, readDocument(document.contentType, await response.text())) };
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    return { ...document, state: "failed", error: cause?.code ?? message };
  }
}

function sightOf(
  { article, places }: Wanted,
  { entries, deleted, isDetailed }: SeenDocument,
): Pick<Sight, "state" | "updated" | "breaking"> {
  // An id that is no IRI has another one in Atom; then its address tells.
  const url = article.status === "published" ? article.url : undefined;
  const entry =
    entries.find(({ id }) => id === article.guid) ?? entries.find((other) => url && other.url === url);
  if (!entry) return { state: deleted.includes(article.guid) ? "withdrawn" : "absent" };
  const { updated, breaking, isStub } = entry;
  if (isStub && article.status === "withdrawn") return { state: "withdrawn" };
  const isShown = timeOf(updated) === timeOf(places.updated ?? article.updated);
  const isSame = !isDetailed || (isShown && breaking === places.breaking);
  return {
    state: article.status === "published" && isSame ? "present" : "other version",
    ...(updated === undefined ? {} : { updated }),
    ...(breaking === undefined ? {} : { breaking }),
  };
}

function timeOf(text: string | undefined): number {
  return Date.parse(text ?? "");
}

function recordLines(article: Article, { version, due }: Places): string[] {
  const fields = article.status === "published" ? publishedFields(article) : withdrawnFields(article);
  const own: [string, string | undefined][] = [
    ["waits until", due],
    ["version", version],
    ["identifier", article.guid],
  ];
  const all = [...fields, ...own];
  const title = article.status === "published" ? article.headline : "(withdrawn)";
  return [
    `${paint("bold", plain(title))}`,
    ...all.flatMap(([name, value]) => (value ? [`  ${name.padEnd(11)} ${plain(value)}`] : [])),
  ];
}

function publishedFields(article: Published): [string, string | undefined][] {
  const { breaking, change, section, sections = [], tags = [] } = article;
  return [
    ["url", article.url],
    ["published", article.published],
    ["updated", article.updated],
    ["breaking", breaking && `${breaking.level}${breaking.until ? ` until ${breaking.until}` : ""}`],
    ["change", change && `${change.kind}${change.note ? `: ${change.note}` : ""}`],
    ["sections", [section ?? [], sections].flat().join(", ")],
    ["language", article.language],
    ["tags", tags.map(({ name }) => name).join(", ")],
  ];
}

function withdrawnFields({ published, updated, reason, notice }: Withdrawn): [string, string | undefined][] {
  return [
    ["published", published],
    ["withdrawn", updated],
    ["reason", reason],
    ["notice", notice],
  ];
}

function sightLines(sights: Sight[], due: string | undefined): string[] {
  if (due !== undefined && sights.length === 0) return [`No feed shows it before ${due}.`];
  if (sights.length === 0) return ["It has never been in a feed."];
  const rows = sights.map(({ feed, belongs, format, url, state, error, updated = "", breaking = "" }) => {
    const wanted = belongs ? state === "present" : state === "absent" || state === "withdrawn";
    const text = paint(
      wanted ? "green" : "yellow",
      plain(error === undefined ? state : `${state}: ${error}`),
    );
    return [belongs ? feed : `${feed} (left)`, format, text, plain(updated), plain(breaking), url];
  });
  return table(["FEED", "FORMAT", "READERS SEE", "UPDATED", "BREAKING", "DOCUMENT"], rows);
}
