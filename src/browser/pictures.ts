/** A picture that cannot be loaded leaves no hole: it goes with what is said of it. */
export function dropBrokenPictures(): void {
  // Errors of pictures do not bubble.
  document.addEventListener("error", ({ target }) => drop(target), true);
  for (const image of document.images) if (image.complete && image.naturalWidth === 0) drop(image);
}

function drop(target: EventTarget | null): void {
  if (!(target instanceof HTMLImageElement)) return;
  // The logo has the name of the newsroom in its alt.
  target.closest("figure")?.remove();
}
