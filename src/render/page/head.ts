import { documentUrl } from "../../core/keys.ts";
import type { Channel } from "../channel.ts";
import { type Wording, wordingOf } from "../words/choose.ts";
import { html, isolated, type Markup, NOTHING, phrase } from "./markup.ts";
import { listOpening, nameOf, opening } from "./shell.ts";
import { timeElement } from "./time.ts";

/** Everything before the first story. */
export function head(channel: Channel): Markup {
  const { site, language, heading, unseen } = channel;
  const wording = wordingOf(language);
  const { words } = wording;
  const shell = {
    ...channel,
    title: `${heading} · ${nameOf(site)}`,
    shared: channel.title,
    url: documentUrl(site.origin, channel.name, ""),
    unseen: unseen === undefined ? [] : [unseen],
  };
  return html`${opening(shell)}${listOpening(title(channel, wording), wording)}${channel.count === 0 ? html`<p class="empty">${words.empty}</p>\n` : NOTHING}`;
}

function title(
  { site, language, heading, description, title: full, updated, count, documents }: Channel,
  wording: Wording,
): Markup {
  // That of the site is in the language of the site.
  const isForeign = description === site.description && site.language !== language;
  const lede =
    description === full || isForeign ? NOTHING : html`<p class="lede">${isolated(description)}</p>`;
  const change =
    count === 0
      ? NOTHING
      : html`<span class="change">${phrase(wording, "lastChange", { time: timeElement(updated) })}</span>`;
  const button = documents.every(({ forPeople }) => forPeople)
    ? NOTHING
    : html`<a class="button" href="#follow">${wording.words.subscribe}</a>`;
  return html`<div class="title"><h1>${isolated(heading)}</h1>${lede}<p class="status">${change}${button}</p></div>`;
}
