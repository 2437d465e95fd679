import { Parser } from "htmlparser2";

/** Elements whose text people do not read. */
const UNREAD = new Set(["script", "style", "template"]);

/** The words of a piece of HTML, on one line: to compare texts, and for texts that are made of them. */
export function wordsOf(html: string): string {
  const words: string[] = [];
  let unread = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (UNREAD.has(name)) unread++;
      words.push(" ");
    },
    onclosetag(name) {
      if (UNREAD.has(name)) unread--;
      words.push(" ");
    },
    ontext(text) {
      if (unread === 0) words.push(text);
    },
  });
  parser.end(html);
  return words.join("").replace(/\s+/g, " ").trim();
}

/** Without the members that are undefined. */
export function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** A list that says something, or nothing. */
export function orNone<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}
