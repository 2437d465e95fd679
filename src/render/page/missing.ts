import type { Site } from "../../core/site.ts";
import { wordingOf } from "../words/choose.ts";
import { footer } from "./foot.ts";
import { html } from "./markup.ts";
import { documentStart, dress, masthead, nameOf, POLICIES } from "./shell.ts";

/** The page for people who come to an address where there is no document. It runs no script, and search engines leave it out. */
export function missingPage(site: Site): string {
  const wording = wordingOf(site.language);
  const { words } = wording;
  return html`${documentStart(site.language)}
<head>
${POLICIES}
<title>${words.missing} · ${nameOf(site)}</title>
<meta name="robots" content="noindex">
${dress(site)}
</head>
<body>
${masthead(site, wording)}
<main class="wrap">
<div class="title"><h1>${words.missing}</h1><p class="lede">${words.missingText}</p></div>
<p class="more"><a class="button" href="/">${words.allFeeds}</a></p>
</main>
${footer(site, wording)}
</body>
</html>
`.toString();
}
