import type { Accepted, Answer, Preview } from "../../contract/answers.ts";
import { FlashwireError } from "../../core/errors.ts";
import { type Place, placeText } from "../input/records.ts";
import { MAX_PRINTED } from "../limits.ts";
import type { Meter } from "./meter.ts";
import { paint, plain, print, printJson, problemLines, type Refusal } from "./print.ts";

export type ReportedResult = Accepted["result"] | "valid";

type Details = Pick<Answer, "status" | "version" | "feeds" | "warnings" | "preview">;

/** Says what becomes of each record, and counts. */
export function createReport(meter: Meter, json: boolean) {
  const counts: Partial<Record<ReportedResult | "refused" | "skipped", number>> = {};
  const started = performance.now();
  let records = 0;
  let warned = 0;

  const count = (outcome: ReportedResult | "refused" | "skipped") => {
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    meter.show(`${thousands(++records)} records, ${rate(records, started)}`);
  };

  const warn = (place: Place, id: string | undefined, text: string) => {
    if (++warned === MAX_PRINTED + 1) meter.log("There are more warnings; --json lists them all.");
    if (warned > MAX_PRINTED) return;
    const where = paint("yellow", placeText(place), process.stderr);
    meter.log(`${where}:${id === undefined ? "" : ` ${plain(id)}`} ${plain(text)}`);
  };

  return {
    accepted(place: Place, id: string | undefined, outcome: ReportedResult, details: Partial<Details> = {}) {
      count(outcome);
      if (json) return printJson({ ...place, id, result: outcome, ...details });
      for (const { pointer, detail } of details.warnings ?? []) warn(place, id, `${pointer} ${detail}`);
      if (details.preview !== undefined) for (const line of previewLines(id, details.preview)) print(line);
    },

    refused(place: Place, id: string | undefined, problem: Refusal, status?: number) {
      count("refused");
      if (json) return printJson({ ...place, id, ...(status === undefined ? {} : { status }), problem });
      const refused = counts.refused ?? 0;
      if (refused === MAX_PRINTED + 1) meter.log("More are refused; --json lists them all.");
      if (refused > MAX_PRINTED) return;
      const where = paint("red", placeText(place), process.stderr);
      const who = id === undefined ? "" : ` ${plain(id)}`;
      for (const line of problemLines(problem)) meter.log(`${where}:${who} ${line}`);
    },

    /** An import tells of an item of the source that is not taken. */
    skipped(place: Place, reason: string) {
      count("skipped");
      if (json) printJson({ ...place, result: "skipped", reason });
      else warn(place, undefined, `skipped: ${reason}`);
    },

    /** Prints the summary; answers how many were refused. `complete` is false when the run ended early. */
    finish(complete: boolean): number {
      meter.stop();
      const seconds = Math.round(performance.now() - started) / 1000;
      if (json) printJson({ summary: { records, ...counts, seconds, complete } });
      else if (complete || records > 0) print(summaryLine(counts, records, started));
      return counts.refused ?? 0;
    },
  };
}

function previewLines(id: string | undefined, { enters, entries = {} }: Preview): string[] {
  const feeds = enters.length === 0 ? "in no feed" : `in ${enters.join(", ")}`;
  const formats = Object.entries(entries).flatMap(([format, entry]) => ["", `${format}:`, plain(entry)]);
  return [paint("bold", `${plain(id ?? "")} ${feeds}`), ...formats, ""];
}

export type Report = ReturnType<typeof createReport>;

/** What the wire would answer for a record that it could not read. */
export function problemOf(error: unknown): Refusal {
  if (!(error instanceof FlashwireError)) throw error;
  return { detail: error.message, errors: error.errors };
}

function summaryLine(counts: Record<string, number>, records: number, started: number): string {
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const parts = Object.entries(counts).map(([outcome, count]) => {
    const text = `${thousands(count)} ${outcome}`;
    return outcome === "refused" ? paint("red", text) : text;
  });
  const what = `${thousands(records)} record${records === 1 ? "" : "s"} in ${seconds} s (${rate(records, started)})`;
  return parts.length === 0 ? what : `${what}: ${parts.join(", ")}`;
}

function rate(records: number, started: number): string {
  return `${thousands(Math.round((records * 1000) / (performance.now() - started)))}/s`;
}

function thousands(count: number): string {
  return count.toLocaleString("en-US");
}
