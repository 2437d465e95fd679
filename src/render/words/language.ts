import type { EN } from "./en.ts";

/** What the wire says to people in its own words. */
export type Word = keyof typeof EN.words;

/** What the wire says of a number. */
export type Count = keyof typeof EN.counts;

/** Forms by the plural rules of the language (Intl.PluralRules); a number whose form is missing takes `other`. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** The words of one language. */
export type Language = {
  /** BCP 47, with a script where the language is written in several. */
  tag: string;
  /** Whether somebody whose own language it is has read the words and found them right. */
  reviewed: boolean;
  words: Record<Word, string>;
  counts: Record<Count, Forms>;
};

/** The values that a word needs: `{ time: … }` for "Updated {time}". */
export type Values<W extends Word, T> = { [K in Named<(typeof EN.words)[W]>]: T };

type Named<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Named<Rest>
  : never;
