import { stripVTControlCharacters, styleText } from "node:util";
import type { Problem } from "../../contract/problem.ts";
import { type ErrorCode, FlashwireError } from "../../core/errors.ts";
import { AnswerError } from "../wire/answer.ts";

/** What the process answers to the shell. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

/** Answers for people or programs go to stdout; everything about the run itself goes to stderr. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value));
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

type Style = Parameters<typeof styleText>[0];

/** Styled on a terminal; plain in a pipe, a file, and where NO_COLOR is set. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** Text that came from elsewhere, without anything that could steer the terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}

/** Rows as columns, as wide as their widest cell; the last one is not padded. */
export function table(head: string[], rows: string[][]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ""))));
  const line = (row: string[]) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + " ".repeat((widths[i] ?? 0) - width(cell))))
      .join("  ");
  return [paint("bold", line(head)), ...rows.map(line)];
}

/** Columns of a terminal: letters of East Asian scripts and emoji take two, combining marks none. */
function width(text: string): number {
  const wide =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
  let columns = 0;
  for (const letter of stripVTControlCharacters(text))
    columns += /\p{M}/u.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return columns;
}

/** Why a record was refused: what a problem document of the wire says, or the check on this machine. */
export type Refusal = Partial<Pick<Problem, "title" | "detail" | "errors">>;

/** One line for each wrong field; without fields, what is wrong with the record as a whole. */
export function problemLines({ title, detail, errors = [] }: Refusal): string[] {
  if (errors.length > 0) return errors.map(({ pointer, detail }) => plain(`${pointer} ${detail}`));
  return [plain(detail ?? title ?? "refused")];
}

/** Errors that another record would meet as well: of the token, the address or the wire itself. */
const ELSEWHERE: ErrorCode[] = ["unauthorized", "forbidden", "not-through-cdn", "unavailable", "busy"];

export function exitCodeOf(error: unknown): number {
  // Another program answers at the address, or a wire that this program cannot speak to.
  if (error instanceof AnswerError) return EXIT.unreachable;
  if (!(error instanceof FlashwireError)) return EXIT.refused;
  if (ELSEWHERE.includes(error.code)) return EXIT.unreachable;
  return error.code === "invalid" || error.code === "malformed" ? EXIT.usage : EXIT.refused;
}

export function reportError(error: unknown, json: boolean): void {
  const { message } = error instanceof Error ? error : { message: String(error) };
  const code = error instanceof FlashwireError || error instanceof AnswerError ? error.code : "failed";
  if (json) note(JSON.stringify({ error: { code, message } }));
  else note(`${paint("red", "error:", process.stderr)} ${message}`);
}
