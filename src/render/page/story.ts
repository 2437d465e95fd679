import { encodeArticleId } from "../../core/article-id.ts";
import { CHANGE_KINDS } from "../../core/article-parts.ts";
import { MINUTE_MS } from "../../core/limits.ts";
import type { Shown } from "../../core/record.ts";
import type { Site } from "../../core/site.ts";
import { isRightToLeft } from "../direction.ts";
import type { EntryParts, Stub } from "../format.ts";
import { type Wording, wordingOf } from "../words/choose.ts";
import { storyData } from "./json-ld.ts";
import { html, type Markup, NOTHING, phrase, raw } from "./markup.ts";
import { figure } from "./picture.ts";
import { timeElement } from "./time.ts";

/** A story in the list of a page. */
export function story(article: Shown, site: Site, parts: EntryParts): Markup {
  const { language = site.language, url, summary, breaking } = article;
  const { headline, changes, corrections } = parts;
  const wording = wordingOf(language);
  const state = breaking === undefined ? "" : ` is-breaking is-${breaking.level}`;
  return html`<article class="story${state}" data-id="${encodeArticleId(article.id)}" lang="${language}" dir="${directionOf(language)}">
<div class="text">${kicker(article, wording)}<h2><a href="${url}">${headline}</a></h2>
${summary === undefined ? NOTHING : html`<p class="summary">${summary}</p>`}${raw(changes)}${meta(article, wording)}</div>${figure(article, wording)}${storyData(site, article, headline, corrections)}</article>`;
}

/** What the bar of breaking news shows of a story; undefined where the story is no breaking news. */
export function barItem(
  { url, breaking, published, language }: Shown,
  site: Site,
  headline: string,
): Markup | undefined {
  if (breaking === undefined) return undefined;
  const tag = language ?? site.language;
  return html`<li class="is-${breaking.level}" lang="${tag}" dir="${directionOf(tag)}"><a href="${url}">${headline}</a> ${timeElement(published)}</li>`;
}

/** What stands in the place of a killed story. Its words are in the language of the page, unless the newsroom wrote its own. */
export function withdrawnStory({ id, title, text, updated }: Stub): Markup {
  return html`<article class="story is-withdrawn" data-id="${encodeArticleId(id)}"><div class="text"><h2>${title}</h2><p class="summary" dir="auto">${text}</p><p class="meta">${timeElement(updated)}</p></div></article>`;
}

export function directionOf(language: string): "rtl" | "ltr" {
  return isRightToLeft(language) ? "rtl" : "ltr";
}

/** What the story is: breaking news, a correction, of which section. */
function kicker({ breaking, change, section }: Shown, { tag, words }: Wording): Markup {
  // A record that somebody wrote by hand may have any kind.
  const kind = change !== undefined && CHANGE_KINDS.includes(change.kind) ? change.kind : undefined;
  const parts = [
    breaking && html`<span class="label label-breaking" lang="${tag}">${words.breakingShort}</span>`,
    kind && html`<span class="label label-${kind}" lang="${tag}">${words[kind]}</span>`,
    section === undefined ? undefined : html`<span class="section">${section}</span>`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? NOTHING : html`<p class="kicker">${parts}</p>\n`;
}

/** Who wrote it, and when. */
function meta({ authors = [], source, published, updated }: Shown, wording: Wording): Markup {
  const names = authors.map(({ name }) => name).join(" · ");
  const isUpdated = Date.parse(updated) - Date.parse(published) >= MINUTE_MS;
  const parts = [
    names === "" ? undefined : phrase(wording, "by", { authors: html`<b>${names}</b>` }),
    source && html`<i>${source.name}</i>`,
    timeElement(published),
    isUpdated ? phrase(wording, "updated", { time: timeElement(updated) }) : undefined,
  ].filter((part) => part !== undefined);
  return html`<p class="meta">${parts.map((part) => html`<span>${part}</span>`)}</p>`;
}
