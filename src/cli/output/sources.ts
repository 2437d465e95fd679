import type { SourceStatus } from "../../follow/status.ts";
import { plain } from "./print.ts";

/** How the sources of a wire are doing, a line for each. */
export function sourceLines(sources: SourceStatus[]): string[] {
  return sources.map(({ name, url, heard, next, failures, suspects }) => {
    const answered = heard === undefined ? "has not answered yet" : `answered at ${heard}`;
    const again = next === undefined ? "" : `, is asked again at ${next}`;
    const failed = failures === 0 ? "" : `, failed ${failures} times in a row`;
    const gone =
      suspects === 0 ? "" : `; it calls ${suspects} articles gone, which a second look has to confirm`;
    return `source ${name} (${plain(url)}): ${answered}${failed}${again}${gone}`;
  });
}

/** What an operator has to know or do. */
export function sourceProblems({ name, failures, fault, gap, held, refused }: SourceStatus): string[] {
  const problems: string[] = [];
  if (failures >= FAILURES) problems.push(`The source ${name} fails: ${plain(fault ?? "")}`);
  if (gap !== undefined) {
    const between = `between ${gap.from} and ${gap.until}`;
    problems.push(
      `The source ${name} may have published articles ${between} that the wire has not seen: import them, then type \`flashwire source seen ${name}\`.`,
    );
  }
  if (held > 0) {
    problems.push(
      `The source ${name} calls ${held} articles gone at once. Look at it, then type \`flashwire source confirm ${name}\` to withdraw them.`,
    );
  }
  for (const { where, detail } of refused)
    problems.push(`The source ${name} has an article that is refused: ${plain(where)} ${plain(detail)}`);
  return problems;
}

/** A source that fails once or twice is asked again before anybody has to know. */
const FAILURES = 3;
