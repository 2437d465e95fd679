/** What a look at AWS found: in `what` how it is, in `todo` what to type or to do. A problem stops a deploy. */
export type Finding = { level: "fine" | "note" | "problem"; what: string; todo?: string };

export const fine = (what: string): Finding => ({ level: "fine", what });
export const noted = (what: string, todo?: string): Finding => ({
  level: "note",
  what,
  ...(todo ? { todo } : {}),
});
export const problem = (what: string, todo: string): Finding => ({ level: "problem", what, todo });

/** A finding as one line. */
export function lineOf({ level, what, todo }: Finding): string {
  const mark = { fine: "ok", note: "note", problem: "PROBLEM" }[level];
  return `${mark.padEnd(8)}${what}${todo === undefined ? "" : ` -> ${todo}`}`;
}

/** The findings of a look. Where AWS refuses or does not answer, the finding is that nobody knows, which stops no deploy. */
export async function orUnknown(what: string, look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    const { name, message } = error as Error;
    return [noted(`${what} could not be looked at: ${name}: ${message.split("\n", 1)[0]}`)];
  }
}
