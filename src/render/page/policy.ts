/**
 * What a page may load: its own style, script and icon, and pictures from anywhere over https. Data blocks are no scripts
 * (https://www.w3.org/TR/CSP3/), so nothing needs `unsafe-inline`.
 */
const DIRECTIVES = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' https: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
];

/** For hosts that send no header: in the page itself. It cannot say who may frame the page. */
export const META_POLICY = DIRECTIVES.join("; ");

const PAGE_POLICY = [...DIRECTIVES, "frame-ancestors 'none'"].join("; ");

/** The headers of a page. Links lead to the newsroom; others than its own wire learn the host alone. */
export const PAGE_HEADERS = {
  "Content-Security-Policy": PAGE_POLICY,
  "Referrer-Policy": "strict-origin-when-cross-origin",
};
