import { readFileSync, writeFileSync } from "node:fs";

/**
 * One line of the table that `npm run bench` prints. `peak`: the most memory of the process that is measured, in MB; without it, that of
 * the process that runs the bench.
 */
export type Row = { measure: string; value: string; reach: string; ok: boolean; peak?: number };

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Three significant digits. */
export const ms = (milliseconds: number) => `${Number(milliseconds.toPrecision(3))} ms`;

export function printRows(rows: Row[]): void {
  const own = peakMegabytes();
  const cells = rows.map(({ measure, value, reach, ok, peak = own }) => [
    ...[measure, value, reach],
    ...[ok ? "yes" : "NO", `${peak.toFixed(0)} MB`],
  ]);
  const table = [["measure", "value", "reach", "reached", "peak"], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...rest] = table;
  console.log(
    [line(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rest.map(line)].join("\n"),
  );
}

const kilobytes = (process_: number | "self", field: string) =>
  Number(
    new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${process_}/status`, "utf8"))?.[1],
  );

/** The most memory that a process ever had, in MB. Unlike `maxRSS` it is not what the process that started it had. */
export const peakMegabytes = (pid: number | "self" = "self") => kilobytes(pid, "VmHWM") / 1_024;

/** Begins a new peak of this process, where the system can: https://docs.kernel.org/filesystems/proc.html, `clear_refs`. */
export function forgetPeak(): void {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    process.stderr.write("This system keeps one peak of memory for all benches of a run.\n");
  }
}

/** The memory that a process has now, in MB. */
export const residentMegabytes = (pid: number | "self" = "self") => kilobytes(pid, "VmRSS") / 1_024;

/** One line that tells how far a bench is, on the error output: the table alone stands on the output. */
export const progress = (text: string) => process.stderr.write(`${text} …\n`);
