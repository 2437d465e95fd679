import type { LogStatus } from "../../upkeep/log-status.ts";
import { plain } from "./print.ts";

const STAGES: Record<LogStatus["stage"], string> = {
  "not begun": "its snapshot waits for the next tick",
  rewrite: "the stories are brought to what the site file says; then the next epoch begins",
  stories: "the stories of the records are written",
  snapshot: "the snapshot is made",
  marks: "the stories of the snapshot are marked",
  whole: "nothing is left to do",
};

/** How the change log is doing, for people. */
export function logLines({ epoch, seq, snapshot, stage, after, pages, isAsked }: LogStatus): string[] {
  if (epoch === undefined) return ["change log: none; the next publish begins it"];
  const listed = snapshot === null ? "not whole yet, so new consumers wait" : `${snapshot.pages} pages`;
  const reached = after === undefined ? "" : `, up to ${plain(after)}`;
  const done = pages > 0 && stage !== "whole" ? `, ${pages} pages done` : "";
  const asked = isAsked && stage !== "rewrite" ? "; a new epoch is asked for" : "";
  return [
    `change log: epoch ${plain(epoch)}, last change ${seq}, snapshot ${listed}`,
    `upkeep of the change log: ${STAGES[stage]}${reached}${done}${asked}`,
  ];
}
