import { offerCopies } from "./copy.ts";
import { dropBrokenPictures } from "./pictures.ts";
import { keepFresh } from "./refresh.ts";
import { offerSearch } from "./search.ts";
import { showTimes } from "./times.ts";

/** What a page says that its script needs. */
const block = document.querySelector('script[type="application/json"]');
const words = JSON.parse(block?.textContent ?? "{}");

// The first of all: it takes note of the stories as the wire sent them.
keepFresh(words);
dropBrokenPictures();
showTimes(document);
setInterval(() => {
  if (!document.hidden) showTimes(document);
}, 30_000);
// On paper nobody knows when "five minutes ago" was.
addEventListener("beforeprint", () => showTimes(document, Number.POSITIVE_INFINITY));
addEventListener("afterprint", () => showTimes(document));
offerCopies(words);
offerSearch(words);
