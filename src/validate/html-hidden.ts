/**
 * Whether a browser hides an element: by `hidden` or by its style. An element that only screen readers skip is
 * shown. So is a whole page, because its scripts show it when they have run.
 */
export function isHidden(element: string, { hidden, style }: Record<string, string>): boolean {
  if (element === "html" || element === "body") return false;
  if (hidden !== undefined && hidden.toLowerCase() !== "until-found") return true;
  return style !== undefined && hides(style);
}

/** Where a property has two declarations, the later one counts. */
function hides(style: string): boolean {
  if (!/none|hidden|collapse/i.test(style)) return false;
  let none = false;
  let invisible = false;
  for (const declaration of style.toLowerCase().split(";")) {
    const colon = declaration.indexOf(":");
    const property = declaration.slice(0, Math.max(colon, 0)).trim();
    const value = declaration
      .slice(colon + 1)
      .replace("!important", "")
      .trim();
    if (property === "display") none = value === "none";
    if (property === "visibility") invisible = value === "hidden" || value === "collapse";
  }
  return none || invisible;
}

/** KaTeX writes a formula twice: as MathML, and for the eye with classes that a reader does not have. */
export function isDrawnFormula(attributes: Record<string, string>): boolean {
  return attributes["aria-hidden"] === "true" && attributes.class === "katex-html";
}

/** A frame of at most one pixel counts visits and shows nothing. */
export function isUnseenFrame(element: string, { width = "", height = "" }: Record<string, string>): boolean {
  return element === "iframe" && /^[01](?:px)?$/.test(width) && /^[01](?:px)?$/.test(height);
}
