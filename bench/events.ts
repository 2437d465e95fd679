import type { SQSEvent } from "aws-lambda";
import { recordOf, s3Event } from "../tests/aws/account.ts";
import { benchArticle } from "./articles.ts";

/** About 5 KB as a newsroom writes it: paragraphs, links, a picture, a list and a quote. */
export function story(n: number) {
  const paragraph = (i: number) =>
    `<p>The <a href="/topics/${i}">harbour council</a> has changed the budget for the ${n + i}th time, said ` +
    `<strong>Ada Quill</strong>, who leads it: &ldquo;The storm has cost us a year &amp; more.&rdquo; Nobody at the ` +
    `<em>final</em> meeting could say who will pay, though the minister’s office had asked for an answer.</p>\n`;
  const paragraphs = Array.from({ length: 12 }, (_, i) => paragraph(i));
  const picture = `<figure><img src="/img/${n}.jpg" alt="The harbour" width="1200" height="800"><figcaption>At dawn.</figcaption></figure>\n`;
  const list = "<h2>In short</h2>\n<ul><li>A budget</li><li>A storm</li><li>A minister</li></ul>\n";
  const quote = `<blockquote cite="/a/${n}"><p>We will pay.</p></blockquote>\n`;
  const body = [...paragraphs.slice(0, 2), picture, ...paragraphs.slice(2), list, quote].join("");
  return { ...benchArticle(n, 0), body, section: "World", tags: ["A", "B", "C"], breaking: false };
}

/** A message of the queue for each of these articles. */
export function queueEvent(bucket: string, ns: number[]): SQSEvent {
  const Records = ns.map((n) =>
    recordOf({
      MessageId: `message-${n}`,
      ReceiptHandle: `receipt-${n}`,
      Body: s3Event(bucket, `articles/story-${n}.json`),
    }),
  );
  return { Records };
}
