import { parseUrl } from "../core/address.ts";
import { MAX_HEADLINE, MAX_URL } from "../core/limits.ts";
import { cleanLine } from "../core/text.ts";
import { isPlaceholder } from "./html-pictures.ts";
import { escapeAttribute, escapeText } from "./html-text.ts";
import type { Addresses } from "./html-urls.ts";

/** Something of another page that a body shows: its address, who offers it, what it is called, a picture of it. */
export type Embed = { url: string; provider?: string; title?: string; poster?: string };

/** A file that a body plays: its address, and its media type where the body names one. */
export type BodyMedium = { url: string; type?: string };

/** What was found about one embed while it was read. The addresses are absolute. */
export type Found = {
  url?: string | undefined;
  title?: string;
  poster?: string;
  media: BodyMedium[];
  links: { url: string; text: string }[];
};

type Attributes = Record<string, string>;

/** Elements that play a file of their own, with `source` in them. */
const PLAYERS = new Set(["video", "audio", "amp-video", "amp-audio"]);

/** Elements that show another page, a file or a post of another site. */
const FRAMES = new Set(["iframe", "amp-iframe", "amp-video-iframe", "embed", "object"]);

/** Elements that name what they show by a number or a word: the attribute, and what stands before and after it. */
const BY_NAME: Record<string, [attribute: string, before: string]> = {
  "amp-youtube": ["data-videoid", "https://www.youtube.com/watch?v="],
  "lite-youtube": ["videoid", "https://www.youtube.com/watch?v="],
  "amp-vimeo": ["data-videoid", "https://vimeo.com/"],
  "lite-vimeo": ["videoid", "https://vimeo.com/"],
  "amp-dailymotion": ["data-videoid", "https://www.dailymotion.com/video/"],
  "amp-twitter": ["data-tweetid", "https://x.com/i/status/"],
  "amp-instagram": ["data-shortcode", "https://www.instagram.com/p/"],
  "amp-soundcloud": ["data-trackid", "https://api.soundcloud.com/tracks/"],
  "amp-imgur": ["data-imgur-id", "https://imgur.com/"],
};

/** Elements that name it by its whole address. */
const BY_ADDRESS: Record<string, string> = {
  "amp-facebook": "data-href",
  "amp-facebook-page": "data-href",
  "amp-tiktok": "data-src",
  "amp-reddit": "data-src",
  "amp-pinterest": "data-url",
  "amp-embedly-card": "data-url",
};

const PROVIDERS: Record<string, string> = {
  "youtube.com": "YouTube",
  "youtube-nocookie.com": "YouTube",
  "youtu.be": "YouTube",
  "vimeo.com": "Vimeo",
  "dailymotion.com": "Dailymotion",
  "x.com": "X",
  "twitter.com": "X",
  "instagram.com": "Instagram",
  "facebook.com": "Facebook",
  "tiktok.com": "TikTok",
  "soundcloud.com": "SoundCloud",
  "spotify.com": "Spotify",
  "twitch.tv": "Twitch",
  "reddit.com": "Reddit",
  "bsky.app": "Bluesky",
  "dwcdn.net": "Datawrapper",
  "flourish.studio": "Flourish",
  "infogram.com": "Infogram",
};

export function isEmbed(element: string): boolean {
  return (
    FRAMES.has(element) ||
    PLAYERS.has(element) ||
    Object.hasOwn(BY_NAME, element) ||
    Object.hasOwn(BY_ADDRESS, element)
  );
}

const isPlayer = (element: string) => PLAYERS.has(element);

/** What the start tag of an embed tells about it. */
export function foundIn(element: string, attributes: Attributes, addresses: Addresses): Found {
  addresses.count();
  const media = (value: string | undefined) => (value === undefined ? undefined : addresses.media(value));
  const url = addressIn(element, attributes, media);
  const title = cleanTitle(attributes.title ?? attributes["aria-label"] ?? attributes.alt);
  const poster = media(attributes.poster ?? attributes["data-poster"]);
  const found: Found = { media: [], links: [] };
  if (url !== undefined) found.url = url;
  if (title !== undefined) found.title = title;
  if (poster !== undefined) found.poster = poster;
  if (url !== undefined && isPlayer(element)) found.media.push(medium(url, attributes.type));
  return found;
}

function addressIn(
  element: string,
  attributes: Attributes,
  media: (value: string | undefined) => string | undefined,
): string | undefined {
  const named = Object.hasOwn(BY_NAME, element) ? BY_NAME[element] : undefined;
  if (named) {
    const name = attributes[named[0]]?.trim();
    return name?.isWellFormed() ? media(`${named[1]}${encodeURIComponent(name)}`) : undefined;
  }
  const whole = Object.hasOwn(BY_ADDRESS, element) ? BY_ADDRESS[element] : undefined;
  const names = whole ? [whole] : ["src", "data", "data-src", "data-lazy-src", "data-original", "data-url"];
  const name = names.find((each) => !isPlaceholder({ src: attributes[each] ?? "" }));
  return name === undefined ? undefined : media(attributes[name]);
}

/** One file of a player. `type` is as the body names it: `video/mp4; codecs=…` is cut after the type. */
export function medium(url: string, type: string | undefined): BodyMedium {
  const name = type?.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[a-z]+\/[a-z0-9.+-]+$/.test(name) ? { url, type: name } : { url };
}

const cleanTitle = (title: string | undefined) =>
  cleanLine((title ?? "").slice(0, MAX_HEADLINE)) || undefined;

/** The embed as the record knows it; none where nobody could open it or its address is longer than any. */
export function embedOf(found: Found): Embed | undefined {
  const { url, poster } = found;
  if (url === undefined || url.length > MAX_URL) return undefined;
  const title = titleOf(found);
  const provider = providerOf(url);
  return {
    url,
    ...(provider !== undefined && { provider }),
    ...(title !== undefined && { title }),
    ...(poster !== undefined && poster.length <= MAX_URL && { poster }),
  };
}

function titleOf({ title, url, links }: Found): string | undefined {
  return title ?? cleanTitle(links.find((link) => link.url === url)?.text);
}

const providerOf = (url: string) => knownProvider(url) ?? (hostOf(url) || undefined);

function knownProvider(url: string): string | undefined {
  for (let rest = hostOf(url); rest.includes("."); rest = rest.slice(rest.indexOf(".") + 1)) {
    if (Object.hasOwn(PROVIDERS, rest)) return PROVIDERS[rest];
  }
  return undefined;
}

const hostOf = (url: string) => (parseUrl(url)?.hostname ?? "").replace(/^www\./, "");

/** The link that stands for an embed, with its picture; the picture alone where it has no address. */
export function linkOf(found: Found): string {
  const { url, poster } = found;
  const title = titleOf(found);
  const image = (alt: string) =>
    poster === undefined ? "" : `<img src="${escapeAttribute(poster)}" alt="${escapeAttribute(alt)}" />`;
  if (url === undefined) return image(title ?? "");
  const words = title ?? knownProvider(url) ?? shortened(url);
  return `<a href="${escapeAttribute(url)}">${image("")}${poster === undefined ? "" : " "}${escapeText(words)}</a>`;
}

/** An address as words: host and path. */
function shortened(url: string): string {
  const { pathname = "/" } = parseUrl(url) ?? {};
  return cleanLine(`${hostOf(url)}${pathname === "/" ? "" : pathname}`.slice(0, MAX_HEADLINE));
}
