import { documentUrl } from "../../core/keys.ts";
import type { Channel } from "../channel.ts";
import { MAX_BAR } from "../limits.ts";
import { type Wording, wordingOf } from "../words/choose.ts";
import { assetsOf } from "./assets.ts";
import { siteData } from "./json-ld.ts";
import { html, type Markup, NOTHING, phrase, raw } from "./markup.ts";
import { META_POLICY } from "./policy.ts";
import { directionOf } from "./story.ts";
import { timeElement } from "./time.ts";

/** Everything before the first story. */
export function head(channel: Channel): Markup {
  const { site, language, bar } = channel;
  const wording = wordingOf(language);
  const { words } = wording;
  const tag = isTag(language) ? language : site.language;
  return html`<!DOCTYPE html>
<html lang="${tag}" dir="${directionOf(tag)}">
<head>
${metadata(channel)}
</head>
<body>
<a class="skip" href="#stories">${words.skip}</a>
${masthead(channel, wording)}
<section class="bar" id="bar" aria-live="polite" aria-label="${words.breaking}"${bar.length === 0 ? raw(" hidden") : NOTHING}><div class="wrap"><strong class="bar-label">${words.breakingShort}</strong><ul>${raw(bar.slice(0, MAX_BAR).join(""))}</ul></div></section>
<main class="wrap">
${title(channel, wording)}
<div class="columns">
<div class="list">
<div class="fresh" id="fresh" role="status"></div>
<section class="stories" id="stories" aria-label="${words.latest}" tabindex="-1">
${channel.count === 0 ? html`<p class="empty">${words.empty}</p>\n` : NOTHING}`;
}

function metadata({ site, name, title, heading, description, documents, unseen }: Channel): Markup {
  const { style, script, icon } = assetsOf(site);
  const own = documentUrl(site.origin, name, "");
  return html`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${META_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} · ${nameOf(site)}</title>
<meta name="description" content="${description}">
<meta name="robots" content="max-image-preview:large">
<meta name="color-scheme" content="light dark">
<meta property="og:title" content="${title}">
<meta property="og:site_name" content="${nameOf(site)}">
<meta property="og:type" content="website">
<meta property="og:url" content="${own}">
${unseen === undefined ? NOTHING : html`<meta name="flashwire:unseen" content="${unseen}">\n`}<link rel="canonical" href="${own}">
${documents
  .filter(({ forPeople }) => !forPeople)
  .map(
    ({ contentType, title: format, url }) =>
      html`<link rel="alternate" type="${contentType.replace(/;.*$/, "")}" title="${title} (${format})" href="${url}">\n`,
  )}<link rel="icon" href="${site.look?.icon ?? site.icon ?? `/${icon.key}`}">
<link rel="stylesheet" href="/${style.key}">
<script type="module" src="/${script.key}"></script>
${siteData(site, nameOf(site))}`;
}

/** The newsroom's name as readers know it. */
export function nameOf({ title, look }: Channel["site"]): string {
  return look?.name ?? title;
}

function masthead({ site }: Channel, wording: Wording): Markup {
  const { look = {}, home } = site;
  const name = nameOf(site);
  const logo = look.logo ?? site.logo;
  const brand =
    logo === undefined ? html`${name}` : html`<img src="${logo}" alt="${name}" referrerpolicy="no-referrer">`;
  return html`<header class="masthead"><div class="wrap"><a class="brand" href="${home}">${brand}</a><a class="all" href="/">${wording.words.allFeeds}</a></div></header>`;
}

function title(
  { site, language, heading, description, title: full, updated, count }: Channel,
  wording: Wording,
): Markup {
  // That of the site is in the language of the site.
  const isForeign = description === site.description && site.language !== language;
  const lede = description === full || isForeign ? NOTHING : html`<p class="lede">${description}</p>`;
  const change =
    count === 0
      ? NOTHING
      : html`<span class="change">${phrase(wording, "lastChange", { time: timeElement(updated) })}</span>`;
  return html`<div class="title"><h1>${heading}</h1>${lede}<p class="status">${change}<a class="button" href="#follow">${wording.words.subscribe}</a></p></div>`;
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
