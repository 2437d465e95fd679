/* Colours by the contrast that people can read (WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance). */

type Rgb = [number, number, number];

const WHITE: Rgb = [255, 255, 255];

/** Contrast of text that everybody can read: success criterion 1.4.3. */
const READABLE = 4.5;

/** The grounds of text by day and by night, those of `--panel` in page.css: on the paper beside it the contrast is higher. */
const DAY: Rgb = [245, 245, 243];
const NIGHT: Rgb = [29, 31, 34];

/** The colours that follow from an accent such as `#b80000`, as custom properties of CSS. */
export function accentColours(accent: string): { day: string; night: string } {
  const colour = rgbOf(accent);
  return { day: properties(colour, DAY), night: properties(colour, NIGHT) };
}

/** `--accent` below text that is `--on-accent`; `--accent-text` on the background. */
function properties(colour: Rgb, background: Rgb): string {
  const on = contrast(colour, WHITE) >= READABLE ? "#fff" : "#000";
  return `--accent:${hexOf(colour)};--on-accent:${on};--accent-text:${hexOf(readableOn(background, colour))}`;
}

/** The colour, as much nearer to black or white as it takes to be read on the background. */
function readableOn(background: Rgb, colour: Rgb): Rgb {
  const target = luminance(background) > 0.5 ? 0 : 255;
  let mixed = colour;
  for (let step = 1; step <= 20 && contrast(mixed, background) < READABLE; step++)
    mixed = colour.map((part) => Math.round(part + ((target - part) * step) / 20)) as Rgb;
  return mixed;
}

function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: Rgb): number {
  const [r, g, b] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function rgbOf(hex: string): Rgb {
  const digits = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join("") : hex.slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as Rgb;
}

function hexOf(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}
