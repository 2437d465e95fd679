import { MAX_TOPICS_PER_REQUEST } from "./limits.ts";

/**
 * How a publisher tells a hub of changed topics. WebSub leaves it to the two (https://www.w3.org/TR/websub/#publishing); public
 * hubs take the form of PubSubHubbub 0.3, `hub.mode=publish` with `hub.url`.
 */

type Field = [name: string, value: string];

/**
 * Hubs that say that they take many topics in one request, and under which name. Of others it is not known: one that
 * reads its parameters into a map would hear of the last topic alone, and answer as if it had heard of all.
 */
const TAKE_MANY: [host: RegExp, name: string, source: string][] = [
  [/^pubsubhubbub\.appspot\.com$/, "hub.url", "https://pubsubhubbub.appspot.com/"],
  [/(^|\.)superfeedr\.com$/, "hub.url[]", "https://documentation.superfeedr.com/publishers.html"],
];

/** A request for each group of topics: the topics, and its body (application/x-www-form-urlencoded). */
export function requestsFor(hub: string, topics: string[]): { topics: string[]; body: string }[] {
  const { hostname } = new URL(hub);
  const many = TAKE_MANY.find(([host]) => host.test(hostname));
  const size = many === undefined ? 1 : MAX_TOPICS_PER_REQUEST;
  const fieldsOf = (topic: string): Field[] =>
    // Some hubs know the one name, some the other.
    many === undefined
      ? [
          ["hub.url", topic],
          ["hub.topic", topic],
        ]
      : [[many[1], topic]];
  const groups = Array.from({ length: Math.ceil(topics.length / size) }, (_, i) =>
    topics.slice(i * size, (i + 1) * size),
  );
  return groups.map((group) => {
    const fields: Field[] = [["hub.mode", "publish"], ...group.flatMap(fieldsOf)];
    return { topics: group, body: String(new URLSearchParams(fields)) };
  });
}
