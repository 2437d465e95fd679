import { createRequire } from "node:module";
import { note } from "./print.ts";

/** How far a long run is, on a terminal; anywhere else only what is logged. */
export type Meter = {
  /** How much of the total is done. */
  reach(done: number): void;
  /** How many there are in all, once that is known. */
  expect(total: number): void;
  /** Shown beside the bar. */
  show(text: string): void;
  /** A line that stays, above the bar. */
  log(line: string): void;
  stop(): void;
};

/** Without a total there is no bar, just the text. */
export function createMeter(total: number | undefined): Meter {
  if (!process.stderr.isTTY) return { reach() {}, expect() {}, show() {}, log: note, stop() {} };
  // Most runs have no terminal, and start faster without the library.
  const { MultiBar } = createRequire(import.meta.url)("cli-progress") as typeof import("cli-progress");
  const bars = new MultiBar({
    format: total === undefined ? "{text}" : "{bar} {percentage}%  {text}  {eta_formatted} left",
    stream: process.stderr,
    barsize: 24,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 200,
  });
  const bar = bars.create(total ?? 1, 0, { text: "" });
  return {
    reach: (done) => bar.update(total === undefined ? 0 : done),
    expect: (total) => bar.setTotal(total),
    show: (text) => bar.update({ text }),
    log: (line) => {
      bars.log(`${line}\n`);
      bars.update();
    },
    stop: () => bars.stop(),
  };
}
