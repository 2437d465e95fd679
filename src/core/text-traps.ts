/** What breaks the text around it, or shows as nothing: C1 controls and direction controls. */
const TRAP = /[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/;
const C1 = /[\u0080-\u009f]/g;

/** Windows-1252 from 0x80 to 0x9F (https://encoding.spec.whatwg.org/index-windows-1252.txt); a space where it has no letter. */
const WINDOWS_1252 = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

const PDF = "\u202c";
const PDI = "\u2069";
const CLOSED_BY_PDF = "\u202a\u202b\u202d\u202e";
const CLOSED_BY_PDI = "\u2066\u2067\u2068";

/**
 * Plain text whose C1 controls are the letters that Windows-1252 has in their place, since no writer means the controls,
 * and whose direction controls (UAX #9) are closed in it: they would turn the text that follows.
 */
export function withoutTraps(text: string): string {
  if (!TRAP.test(text)) return text;
  const letters = text.replace(C1, (control) => WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80).trim());
  return closeDirections(letters);
}

/** What closes nothing goes; what stays open is closed at the end. */
function closeDirections(text: string): string {
  const open: string[] = [];
  let closed = "";
  for (const character of text) {
    if (CLOSED_BY_PDF.includes(character)) open.push(PDF);
    else if (CLOSED_BY_PDI.includes(character)) open.push(PDI);
    else if (character === PDF) {
      if (open.at(-1) !== PDF) continue;
      open.pop();
    } else if (character === PDI) {
      // The end of an isolate ends the embeddings in it (UAX #9, X6a).
      const isolate = open.lastIndexOf(PDI);
      if (isolate < 0) continue;
      open.length = isolate;
    }
    closed += character;
  }
  return closed + open.reverse().join("");
}
