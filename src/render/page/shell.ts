import type { Site } from "../../core/site.ts";
import type { DocumentLink } from "../channel.ts";
import { MAX_BAR } from "../limits.ts";
import { type Wording, wordingOf } from "../words/choose.ts";
import { assetsOf } from "./assets.ts";
import { fixed } from "./fixed.ts";
import { siteData } from "./json-ld.ts";
import { html, isolated, type Markup, NOTHING, raw } from "./markup.ts";
import { META_POLICY } from "./policy.ts";
import { directionOf } from "./story.ts";

/** What all pages have around their content. All text in it is clean. */
export type Shell = {
  site: Site;
  /** BCP 47, or any text. */
  language: string;
  /** The title of the page in a browser, and in links to the page. */
  title: string;
  shared: string;
  description: string;
  /** The page's own address. */
  url: string;
  /** For feed readers that are given the address of the page. */
  documents: DocumentLink[];
  /** Digests of what the page does not show: no page returns to bytes that it had before. */
  unseen: string[];
  /** HTML: what is breaking now, the most urgent first. */
  bar: string[];
};

/** Everything before the content of a page. */
export function opening({ bar, ...shell }: Shell): Markup {
  const { site, language, title, shared, description, url, documents, unseen } = shell;
  const addresses = documents.map((document) => document.url);
  const dependsOn = ["opening", language, title, shared, description, url, addresses, unseen];
  return html`${fixed(site, dependsOn, () => untilBar(shell))}${bar.length === 0 ? raw(" hidden") : NOTHING}><div class="wrap"><strong class="bar-label">${wordingOf(language).words.breakingShort}</strong><ul>${raw(bar.slice(0, MAX_BAR).join(""))}</ul></div></section>
`;
}

/** What comes before the bar of breaking news, with the beginning of its tag. */
function untilBar(shell: Omit<Shell, "bar">): Markup {
  const { site, language } = shell;
  const wording = wordingOf(language);
  const { words } = wording;
  return html`${documentStart(isTag(language) ? language : site.language)}
<head>
${metadata(shell)}
</head>
<body>
<a class="skip" href="#stories">${words.skip}</a>
${masthead(site, wording)}
<section class="bar" id="bar" aria-live="polite" aria-label="${words.breaking}"`;
}

/** From the title of a page to its first story. The script of pages finds the list, and what is new above it, by these ids. */
export function listOpening(title: Markup, { words }: Wording): Markup {
  return html`<main class="wrap">
${title}
<div class="columns">
<div class="list">
<div class="fresh" id="fresh" role="status"></div>
<section class="stories" id="stories" aria-label="${words.latest}" tabindex="-1">
`;
}

/** The first lines of a page in this language (BCP 47). */
export function documentStart(tag: string): Markup {
  return html`<!DOCTYPE html>
<html lang="${tag}" dir="${directionOf(tag)}">`;
}

function metadata({ site, title, shared, description, url, documents, unseen }: Omit<Shell, "bar">): Markup {
  const { script } = assetsOf(site);
  return html`${POLICIES}
<title>${title}</title>
<meta name="description" content="${description}">
<meta name="robots" content="max-image-preview:large">
<meta property="og:title" content="${shared}">
<meta property="og:site_name" content="${nameOf(site)}">
<meta property="og:type" content="website">
<meta property="og:url" content="${url}">
${unseen.map((digest) => html`<meta name="flashwire:unseen" content="${digest}">\n`)}<link rel="canonical" href="${url}">
${documents
  .filter(({ forPeople }) => !forPeople)
  .map(
    ({ contentType, title: format, url }) =>
      html`<link rel="alternate" type="${contentType.replace(/;.*$/, "")}" title="${shared} (${format})" href="${url}">\n`,
  )}${dress(site)}
<script type="module" src="/${script.key}"></script>
${siteData(site, nameOf(site))}`;
}

/** What each page says of itself before anything else. */
export const POLICIES = html`<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${META_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">`;

/** The icon and the style of a page. */
export function dress(site: Site): Markup {
  const { style, icon } = assetsOf(site);
  return html`<link rel="icon" href="${site.look?.icon ?? loadable(site.icon) ?? `/${icon.key}`}">
<link rel="stylesheet" href="/${style.key}">`;
}

/** The newsroom's name as readers know it. */
export function nameOf({ title, look }: Pick<Site, "title" | "look">): string {
  return look?.name ?? title;
}

/** The newsroom's name or logo, and the way to all feeds. */
export function masthead(site: Site, wording: Wording): Markup {
  const { look = {}, home } = site;
  const name = nameOf(site);
  const logo = look.logo ?? loadable(site.logo);
  const brand =
    logo === undefined
      ? isolated(name)
      : html`<img src="${logo}" alt="${name}" referrerpolicy="no-referrer">`;
  return html`<header class="masthead"><div class="wrap"><a class="brand" href="${home}">${brand}</a><a class="all" href="/">${wording.words.allFeeds}</a></div></header>`;
}

/** Feeds may name pictures that are not encrypted, which pages do not load. */
function loadable(url: string | undefined): string | undefined {
  return url?.startsWith("https:") ? url : undefined;
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
