import { SAID_MS } from "./limits.ts";
import type { Words } from "./words.ts";

/** Shows the buttons in `root` that copy an address, where the browser lets a page copy. */
export function offerCopies({ copied }: Words, root: ParentNode = document): void {
  if (navigator.clipboard === undefined) return;
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button, copied));
  }
}

async function copy(button: HTMLButtonElement, copied: string): Promise<void> {
  const { textContent: before } = button;
  const label = button.ariaLabel;
  if (before === copied) return;
  const address = button.dataset["copy"] ?? "";
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    // The browser or its owner refuses: the reader gets the address selected, to copy by keyboard.
    prompt(label ?? before ?? "", address);
    return;
  }
  button.textContent = copied;
  button.ariaLabel = copied;
  setTimeout(() => {
    button.textContent = before;
    button.ariaLabel = label;
  }, SAID_MS);
}
