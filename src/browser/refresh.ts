import { keepFocus } from "./focus.ts";
import { LOOK_MS, MAX_POLL_MS, POLL_MS, UNSAID_MS } from "./limits.ts";
import { showTimes } from "./times.ts";
import { sayCount, type Words } from "./words.ts";

const list = document.querySelector<HTMLElement>("#stories");
const bar = document.querySelector<HTMLElement>("#bar");
const fresh = document.querySelector<HTMLElement>("#fresh");
const title = document.title;

const FAILED = Symbol("failed");

/** The stories as the wire sent them, by id, before the script changed anything in them. */
const sent = new Map<string, string>();

/** The page as it was looked at last, its ETag, and when the wire wrote it. */
let newest: Document | undefined;
let etag: string | null = null;
let written = writtenAt();

/**
 * Keeps the page fresh without loading it: breaking news and changes of the stories that are here appear at once, new stories
 * when the reader wants them. Nothing that is being read moves. A hidden page asks nothing.
 */
export function keepFresh(words: Words): void {
  if (list === null) return;
  for (const story of storiesIn(document)) sent.set(idOf(story), story.outerHTML);
  let last = Date.now();
  let pause = POLL_MS;
  const look = async () => {
    if (document.hidden || Math.abs(Date.now() - last) < pause) return;
    last = Date.now();
    const page = await ask().catch(() => FAILED);
    pause = page === FAILED ? Math.min(2 * pause, MAX_POLL_MS) : POLL_MS;
    if (page instanceof Document) take(page, words);
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, LOOK_MS);
}

/**
 * The page, if it is not the one that was looked at last. The browser asks with the ETag of what it has in its cache. An older
 * copy would bring a killed story back, and half a page or another one would take stories away, so all of these are ignored.
 * Throws where the wire does not answer, or answers no page.
 */
async function ask(): Promise<Document | undefined> {
  const response = await fetch(location.pathname, {
    cache: "no-cache",
    headers: { Accept: "text/html" },
    signal: AbortSignal.timeout(POLL_MS),
  });
  if (!response.ok) throw new Error(`The wire answered ${response.status}.`);
  const tag = response.headers.get("ETag");
  const at = Date.parse(response.headers.get("Last-Modified") ?? "");
  if ((tag !== null && tag === etag) || at < written) return undefined;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  if (!isWhole(page) || !isSame(page, response)) return undefined;
  etag = tag;
  written = at || written;
  return page;
}

/** Milliseconds; 0 where the wire did not say: browsers know the time of the load alone then. */
function writtenAt(): number {
  const at = Date.parse(document.lastModified);
  return Date.now() - at > UNSAID_MS ? at : 0;
}

/** The data for the script is the last element of a page. */
function isWhole(page: Document): boolean {
  return page.querySelector('script[type="application/json"]') !== null;
}

/** Whether the page is this one, or the one that this one has moved to. */
function isSame(page: Document, { redirected, url }: Response): boolean {
  const path = pathOf(page);
  return path === pathOf(document) || (redirected && path === decodeURI(new URL(url).pathname));
}

function pathOf(page: Document): string | undefined {
  const address = page.querySelector('link[rel="canonical"]')?.getAttribute("href");
  return address ? decodeURI(new URL(address).pathname) : undefined;
}

function take(page: Document, words: Words): void {
  newest = page;
  const anchor = [...storiesIn(document)].find((story) => story.getBoundingClientRect().bottom > 0);
  const before = anchor?.getBoundingClientRect().top ?? 0;
  takeBar(page);
  const waiting = takeStories(page);
  const replaced = anchor && (anchor.isConnected ? anchor : storyOf(idOf(anchor)));
  if (replaced && scrollY > 0)
    scrollBy({ top: replaced.getBoundingClientRect().top - before, behavior: "instant" });
  offer(waiting, words);
}

function takeBar(page: Document): void {
  const next = page.querySelector<HTMLElement>("#bar");
  if (bar === null || next === null || sameLinks(bar, next)) return;
  keepFocus(bar, () => {
    bar.replaceChildren(...next.childNodes);
    bar.hidden = next.hidden;
    return bar;
  });
  showTimes(bar);
}

function sameLinks(a: HTMLElement, b: HTMLElement): boolean {
  const linksOf = (of: HTMLElement) => [...of.querySelectorAll("a")].map((link) => link.outerHTML).join();
  return linksOf(a) === linksOf(b);
}

/** Brings the stories that are here up to date, and answers how many are not here yet. */
function takeStories(page: Document): number {
  const here = new Map([...storiesIn(document)].map((story) => [idOf(story), story]));
  const ids = new Set<string>();
  let waiting = 0;
  for (const story of storiesIn(page)) {
    const id = idOf(story);
    ids.add(id);
    const shown = here.get(id);
    if (shown === undefined) waiting += story.classList.contains("is-withdrawn") ? 0 : 1;
    else if (sent.get(id) !== story.outerHTML) {
      sent.set(id, story.outerHTML);
      const copy = document.importNode(story, true);
      showTimes(copy);
      keepFocus(shown, () => {
        shown.replaceWith(copy);
        return copy;
      });
    }
  }
  removeGone(here, ids, waiting);
  if (ids.size === 0) fill(page);
  return waiting;
}

/**
 * Takes away the stories that no newer ones have pushed out at the end: they were killed without a trace, have expired, or belong
 * to other feeds now.
 */
function removeGone(here: Map<string, HTMLElement>, ids: Set<string>, waiting: number): void {
  let mayBePushed = waiting > 0;
  for (const [id, story] of [...here].reverse()) {
    if (ids.has(id)) mayBePushed = false;
    else if (!mayBePushed) {
      story.remove();
      sent.delete(id);
    }
  }
}

function offer(waiting: number, words: Words): void {
  document.title = waiting === 0 ? title : `(${waiting}) ${title}`;
  if (fresh === null) return;
  if (waiting === 0) {
    fresh.replaceChildren();
    return;
  }
  const button = fresh.querySelector("button") ?? document.createElement("button");
  button.type = "button";
  button.textContent = sayCount(words.newStories, waiting);
  button.onclick = () => showAll(words);
  if (!button.isConnected) fresh.append(button);
}

/** The list as the wire has it now, from its first story on. */
function showAll(words: Words): void {
  if (list === null || newest === undefined) return;
  fill(newest);
  offer(0, words);
  const status = newest?.querySelector(".status .change");
  if (status) document.querySelector(".status .change")?.replaceWith(document.importNode(status, true));
  showTimes(document);
  list.focus({ preventScroll: true });
  list.scrollIntoView();
}

/** Puts the list of this page in the place of the one that is here. */
function fill(page: Document): void {
  const next = page.querySelector("#stories");
  if (list === null || next === null) return;
  sent.clear();
  for (const story of storiesIn(page)) sent.set(idOf(story), story.outerHTML);
  list.replaceChildren(...[...next.childNodes].map((node) => document.importNode(node, true)));
  showTimes(list);
}

function storiesIn(page: Document): NodeListOf<HTMLElement> {
  return page.querySelectorAll<HTMLElement>("#stories > [data-id]");
}

function storyOf(id: string): HTMLElement | undefined {
  return [...storiesIn(document)].find((story) => idOf(story) === id);
}

function idOf(story: HTMLElement): string {
  return story.dataset["id"] ?? "";
}
