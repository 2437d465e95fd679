/** Carries out `change`, which puts new elements in the place of those in `before`; the link that had the focus has it afterwards, too. */
export function keepFocus(before: HTMLElement, change: () => HTMLElement): void {
  const { activeElement } = document;
  const href = before.contains(activeElement) ? activeElement?.getAttribute("href") : undefined;
  const after = change();
  if (href === undefined) return;
  const links = [...after.querySelectorAll("a")];
  const place = links.find((link) => link.getAttribute("href") === href) ?? links[0] ?? after;
  // A killed story has no link.
  if (place === after) after.tabIndex = -1;
  place.focus({ preventScroll: true });
}
