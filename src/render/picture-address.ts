/*
 * Whether two addresses are of one picture. A CMS serves a picture under many: other sizes, crops, formats and qualities
 * of it. The rule: host and path are the same, and neither query says another picture, once that which tells a size, a
 * crop, a format or a quality is left out:
 *
 * - the scheme and the fragment;
 * - parameters of such names, as image services have them (`w`, `quality`, `resize`, `format` …);
 * - a whole segment of the path, such as `640x480` (Thumbor), `w_640,c_fill` (Cloudinary), `width=640,quality=75`
 *   (Cloudflare);
 * - the end of the file's name, such as `-1024x768` and `-scaled` (WordPress), `@2x`, `_w1023_n_r1`, and its extension.
 *
 * Of the parameters that are left, one query has all that the other has: `image?id=5` is not `image?id=7`. A number alone,
 * as in `bridge-2.jpg` or `/320/`, tells no size: pictures of a series are numbered.
 */

/** An address taken apart: what names the picture. */
export type Picture = { path: string; query: Set<string> };

const SIZE_PARAMETERS = new Set(
  (
    "w h width height maxwidth maxheight max-w max-h max_width max_height imwidth imheight dw dh s sz size sizes resize " +
    "fit crop rect trim gravity mode scale zoom ratio ar aspect dpr q quality qlt fm fmt format output auto strip ssl " +
    "sharp sharpen itok"
  ).split(" "),
);

const SIZE_SEGMENT =
  /\/(?:\d{2,5}x\d{2,5}|[whcfq]_[^/,]+(?:,[a-z]{1,3}_[^/,]+)*|(?:width|height|fit|quality|format)=[^/]+)(?=\/)/g;

const EXTENSIONS = /(?:\.(?:jpe?g|png|webp|avif|gif|heic|tiff?|bmp))+$/i;

const SIZE_SUFFIX = /(?:[-_]\d{2,5}x\d{2,5}|-scaled|@[1-4]x|(?:_c[xyw]\d+)*_w\d{2,5}(?:_[a-z]\d?)*)+$/i;

/** The picture that an absolute address names. */
export function pictureAt(address: string): Picture {
  const [place = "", query = ""] = address
    .replace(/^[a-z]+:/i, "")
    .replace(/#.*$/s, "")
    .split(/\?(.*)/s);
  const path = place.replace(SIZE_SEGMENT, "").replace(EXTENSIONS, "").replace(SIZE_SUFFIX, "");
  return { path, query: new Set(query.split("&").filter((parameter) => !tellsSize(parameter))) };
}

export function isSamePicture(a: Picture, b: Picture): boolean {
  return a.path === b.path && (hasAll(a.query, b.query) || hasAll(b.query, a.query));
}

function hasAll(query: Set<string>, other: Set<string>): boolean {
  return [...other].every((parameter) => query.has(parameter));
}

/** The pictures that a tag of the body shows: of its `src` and of every candidate of its `srcset`. `tag` is HTML. */
export function picturesIn(tag: string): Picture[] {
  return [...tag.matchAll(/\s(?:src|srcset)="([^"]*)"/g)]
    .flatMap(([, value = ""]) => value.split(/\s+/))
    .filter((part) => /^(?:https?:)?\/\//i.test(part))
    .map((address) => pictureAt(address.replace(/,$/, "").replaceAll("&amp;", "&")));
}

function tellsSize(parameter: string): boolean {
  const name = parameter.replace(/=.*$/s, "").toLowerCase();
  return name === "" || SIZE_PARAMETERS.has(name);
}
