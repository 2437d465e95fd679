import { offerCopies } from "./copy.ts";
import { MAX_FOUND, TYPING_MS } from "./limits.ts";
import { sayCount, type Words } from "./words.ts";

/** A feed of the index: its title, the path of its page, and the path to subscribe to. */
type Feed = [title: string, page: string, address: string];

const panel = document.querySelector<HTMLElement>("#search");
const listed = document.querySelector<HTMLElement>("#listed");

/** Lets people look for a feed by typing, on a page that has the field for it. The index is loaded when the field is entered. */
export function offerSearch(words: Words): void {
  const field = panel?.querySelector("input");
  if (!panel || !field) return;
  let index: Promise<[string, Feed][]> | undefined;
  const load = () => {
    index ??= loadIndex().catch((error) => {
      index = undefined;
      throw error;
    });
    return index;
  };
  const look = async () => {
    const wanted = plain(field.value).split(" ").filter(Boolean);
    const feeds = wanted.length === 0 ? undefined : await load().catch(() => undefined);
    // A search for newer input is under way already.
    if (wanted.join(" ") !== plain(field.value).split(" ").filter(Boolean).join(" ")) return;
    const found = feeds
      ?.filter(([text]) => wanted.every((word) => text.includes(word)))
      .map(([, feed]) => feed);
    show(found, words);
  };
  let waits: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener("focus", () => void load().catch(() => {}));
  field.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(look, TYPING_MS);
  });
  panel.hidden = false;
}

async function loadIndex(): Promise<[string, Feed][]> {
  const { feeds } = (await (await fetch("/search.json")).json()) as { feeds: Feed[] };
  return feeds.map((feed) => [plain(`${feed[0]} ${decodeURIComponent(feed[1])}`), feed]);
}

/** Without capitals and accents, and with one space between words. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim();
}

/** These feeds in the place of those that are listed; undefined: the list as it was. */
function show(found: Feed[] | undefined, words: Words): void {
  const [list, status] = [panel?.querySelector("ul"), panel?.querySelector("[role=status]")];
  if (!list || !status || listed === null) return;
  listed.hidden = found !== undefined;
  status.textContent =
    found === undefined ? "" : found.length === 0 ? words.noFeedMatches : sayCount(words.feeds, found.length);
  list.replaceChildren(...(found ?? []).slice(0, MAX_FOUND).map((feed) => row(feed, words)));
  offerCopies(words, list);
}

/** As the wire writes it: render/page/feed-list.ts. */
function row([title, page, path]: Feed, words: Words): HTMLLIElement {
  const url = new URL(path, location.href).href;
  const name = made("a", { className: "name", href: page });
  name.append(made("bdi", { textContent: title }));
  const address = made("a", { className: "address", dir: "ltr", href: url, textContent: url });
  const copy = made("button", {
    className: "copy",
    type: "button",
    textContent: words.copyAddress,
    hidden: true,
  });
  copy.dataset["copy"] = url;
  copy.ariaLabel = `${words.copyAddress}: ${title}`;
  const item = document.createElement("li");
  item.append(name, address, copy);
  return item;
}

function made<K extends "a" | "bdi" | "button">(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]>,
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), properties);
}
