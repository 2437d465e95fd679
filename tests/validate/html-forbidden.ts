import { SaxesParser } from "saxes";
import {
  ALLOWED_ATTRIBUTES,
  ALLOWED_ELEMENTS,
  LINK_SCHEMES,
  MATH,
  MATH_TOKENS,
  MEDIA_SCHEMES,
} from "../../src/validate/html-allowlist.ts";

/** Reads cleaned HTML with a strict XML parser; answers everything in it that the allow-list does not allow. */
export function forbidden(html: string): string[] {
  const found: string[] = [];
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => found.push(error.message));
  parser.on("closetag", () => open.pop());
  parser.on("opentag", ({ name, attributes }) => {
    const outer = open.at(-1) ?? "";
    open.push(name);
    if (name === "body") return;
    if (!Object.hasOwn(ALLOWED_ELEMENTS, name)) found.push(`<${name}>`);
    if (MATH_TOKENS.includes(outer)) found.push(`<${name}> in <${outer}>`);
    if (MATH.has(outer) !== (MATH.has(name) && name !== "math")) found.push(`<${name}> in <${outer}>`);
    if (name === "a" && open.filter((each) => each === "a").length > 1) found.push("a link in a link");
    for (const [attribute, value] of Object.entries(attributes)) {
      found.push(...wrongIn(name, attribute, value));
    }
  });
  parser.write(`<body>${html}</body>`).close();
  return found;
}

function wrongIn(name: string, attribute: string, value: string): string[] {
  const found: string[] = [];
  const allowed = [...(ALLOWED_ATTRIBUTES["*"] ?? []), ...(ALLOWED_ATTRIBUTES[name] ?? [])];
  if (!allowed.includes(attribute)) found.push(`${name} ${attribute}`);
  const schemes = attribute === "href" ? LINK_SCHEMES : MEDIA_SCHEMES;
  const addresses = attribute === "srcset" ? value.split(/,\s/) : [value];
  if (!["href", "src", "cite", "srcset"].includes(attribute)) return found;
  for (const address of addresses) {
    // A browser drops tabs, line breaks and leading controls before it looks for the scheme.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address.replace(/[\t\n\r]|^[\u0000-\u0020]+/g, ""))?.[1];
    if (scheme === undefined || !schemes.includes(scheme.toLowerCase()))
      found.push(`${attribute}=${address}`);
  }
  return found;
}
