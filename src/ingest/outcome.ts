import type { WithdrawalWords } from "../core/article.ts";
import type { FieldProblem } from "../core/errors.ts";
import { isOut, type StoredRecord } from "../core/record.ts";
import { sentVersionOf } from "../core/version.ts";

/** What became of a version that was sent. */
export type Outcome = {
  id: string;
  version: string;
  /** `scheduled`: the article waits until `due`. `superseded`: the content came before and was replaced under the same version; nothing is written. `withdrawing`: documents may still show it. */
  result: "created" | "updated" | "scheduled" | "unchanged" | "superseded" | "withdrawn" | "withdrawing";
  /** Every feed that the article is or was in. */
  feeds: string[];
  etag: string;
  /** When the article becomes public: RFC 3339, UTC. */
  due?: string;
  record: StoredRecord;
  warnings: FieldProblem[];
};

/** Whether the record was written, which is the event that gets it published. */
export function isWritten({ result }: Outcome): boolean {
  return result !== "unchanged" && result !== "superseded";
}

/** Whether this is a withdrawal: nobody is told that it is done before every document is written. */
export function isKill({ record }: Outcome): boolean {
  return record.article.status === "withdrawn";
}

/** What the write of this record was. `isNew`: there was none before. */
export function resultOf({ article, pending }: StoredRecord, isNew: boolean): Outcome["result"] {
  if (article.status === "withdrawn") return "withdrawn";
  if (pending?.release !== undefined) return "scheduled";
  return isNew ? "created" : "updated";
}

/** `etag`: the one that the newsroom knows. `before`: the record that this one takes the place of. */
export function outcome(
  record: StoredRecord,
  etag: string,
  result: Outcome["result"],
  before?: StoredRecord,
): Outcome {
  const { id } = record.article;
  const version = sentVersionOf(record);
  const due = record.pending?.release;
  const waits = due === undefined ? {} : { due };
  return {
    id,
    version,
    result,
    feeds: record.feeds,
    etag,
    ...waits,
    record,
    warnings: warningsOf(record, before),
  };
}

/** Warns of words that came with a repeated kill: the record keeps those of the first one. */
export function withWordsLeft(outcome: Outcome, words: WithdrawalWords): Outcome {
  const { article } = outcome.record;
  if (outcome.result !== "unchanged" || article.status !== "withdrawn") return outcome;
  const left = (["reason", "notice"] as const).filter(
    (name) => words[name] !== undefined && words[name] !== article[name],
  );
  const warnings = left.map((name) => ({ pointer: `#/${name}`, detail: WORDS_STAY }));
  return { ...outcome, warnings: [...outcome.warnings, ...warnings] };
}

const WORDS_STAY =
  "is not kept, because the article was withdrawn before and its first words stay; to change them, send the record " +
  "with the status withdrawn and a higher revision or a later updated";

/** A newsroom that sends local time as UTC learns why its story is not there. */
function warningsOf({ article, pending }: StoredRecord, before: StoredRecord | undefined): FieldProblem[] {
  if (pending?.release === undefined || article.status === "withdrawn") return [];
  const isEmbargoed = article.embargo === pending.release;
  const wasLive = before !== undefined && !isOut(before);
  const live = wasLive ? "TAKES A LIVE STORY OUT OF ITS FEEDS: it " : "";
  const waits = `${live}lies ahead, so no feed shows the article before ${pending.release}`;
  const question = "BREAKING NEWS THAT WAITS: is it local time with the offset of UTC?";
  const detail = article.breaking === undefined ? waits : `${waits}. ${question}`;
  return [{ pointer: isEmbargoed ? "#/embargo" : "#/published", detail }];
}
