import { expect, test } from "vitest";
import { resolveSite } from "../../src/config/site-file.ts";
import { NEWSROOM } from "../support/site.ts";

const resolve = (fields: object) => resolveSite({ ...NEWSROOM, ...fields }, "https://feeds.example.org");

test("a list is no object, however little the object has to have", () => {
  const feed = { name: "top", title: "Top" };
  for (const [fields, problem] of [
    [{ aws: [] }, "aws: must be an object"],
    [{ publisher: [] }, "publisher: must be an object"],
    [{ feeds: [{ ...feed, where: [] }] }, "feeds[0].where: must be an object"],
    [{ feeds: [[]] }, "feeds[0]: must be an object"],
    [{ aws: { cacheSeconds: [] } }, "aws.cacheSeconds: must be an object"],
  ] as const) {
    expect(() => resolve(fields)).toThrow(problem);
  }
  expect(() => resolveSite([], "https://feeds.example.org")).toThrow("the site: must be an object");
});

test("the publisher's e-mail address may have every sign that addresses have", () => {
  const publisher = { ...NEWSROOM.publisher, email: "ann.o'brien@news.example.org" };
  expect(resolve({ publisher }).publisher).toEqual(publisher);
  expect(() => resolve({ publisher: { ...publisher, email: "news" } })).toThrow(
    "publisher.email: must be an e-mail address",
  );
});
