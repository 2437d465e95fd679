import type { ArticleInput } from "../src/core/article.ts";

/** What a newsroom of each script writes with. `%` stands where a word of the article's own comes. */
const SCRIPTS = {
  latin: {
    language: "en",
    words: "council harbour minister budget storm final verdict strike launch border festival market".split(
      " ",
    ),
    sentence: "The % of the % has changed the % for the third time, said the % &ldquo;and more&rdquo;. ",
    name: "Ada Quill",
  },
  arabic: {
    language: "ar",
    words:
      "المجلس الميناء الوزير الميزانية العاصفة النهائي الحكم الإضراب الإطلاق الحدود المهرجان السوق".split(
        " ",
      ),
    sentence: "قال % إن % في % غيّر % للمرة الثالثة هذا العام، وفق ما أعلن المتحدث. ",
    name: "آدا قلم",
  },
  chinese: {
    language: "zh-Hans",
    words: "议会 港口 部长 预算 风暴 决赛 判决 罢工 发射 边境 节日 市场".split(" "),
    sentence: "%的%今年第三次修改了%，%的发言人表示，会议尚未决定由谁承担费用。",
    name: "笔艾达",
  },
} as const;

/** A writing system of the bench's articles. */
export type Script = keyof typeof SCRIPTS;

const ALL: readonly Script[] = ["latin", "arabic", "chinese"];

/** The bytes of a body in UTF-8, about: the size of a news story of some 700 words with its markup. */
const BODY_BYTES = 5_000;

const bytes = (text: string) => Buffer.byteLength(text);

/** The n-th body as newsrooms write them: paragraphs with links and stress, a picture, a heading, a list and a quote. */
function bodyOf(n: number, script: Script): string {
  const { words, sentence, name } = SCRIPTS[script];
  const said = (i: number) => {
    let at = n * 7 + i * 5;
    return sentence.replaceAll("%", () => words[at++ % words.length] ?? "");
  };
  const paragraph = (i: number) =>
    `<p><a href="/topics/${i}">${words[(n + i) % words.length]}</a> ${said(i)}` +
    `<strong>${name}</strong>: ${said(i + 1)}<em>${words[(n * i) % words.length]}</em> ${said(i + 2)}</p>\n`;
  const rest = [
    `<figure><img src="/img/${n}.jpg" alt="${words[n % words.length]}" width="1200" height="800"><figcaption>${said(n)}</figcaption></figure>\n`,
    `<h2>${words[(n + 3) % words.length]}</h2>\n<ul>${[1, 2, 3].map((i) => `<li>${said(n + i)}</li>`).join("")}</ul>\n`,
    `<blockquote cite="/a/${n}"><p>${said(n + 9)}</p></blockquote>\n`,
  ];
  const paragraphs: string[] = [];
  let size = bytes(rest.join(""));
  for (let i = 0; size < BODY_BYTES; i++) {
    const next = paragraph(i);
    paragraphs.push(next);
    size += bytes(next);
  }
  return [...paragraphs.slice(0, 2), rest[0], ...paragraphs.slice(2), ...rest.slice(1)].join("");
}

/**
 * The n-th article of a made-up agency: ten sections, two of sixty tags, one in fifty breaking, a body of some 5,000
 * bytes. Without `script` the scripts take turns.
 */
export function benchArticle(n: number, script: Script = ALL[n % ALL.length] ?? "latin") {
  const { words, language, sentence, name } = SCRIPTS[script];
  const word = (i: number) => words[(n * 7 + i * 3) % words.length] ?? "";
  let at = 1;
  return {
    id: `story-${n}`,
    url: `https://news.example.org/a/${n}`,
    headline: `${word(1)} ${word(2)} ${n}`,
    summary: sentence.replaceAll("%", () => word(at++)).replace(/&.dquo;/g, '"'),
    body: bodyOf(n, script),
    language,
    section: `Section ${n % 10}`,
    tags: [`Tag ${n % 60}`, `Tag ${(n * 13 + 1) % 60}`],
    authors: [{ name }],
    published: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    ...(n % 50 === 0 ? { breaking: true } : {}),
  } satisfies ArticleInput & { id: string };
}
