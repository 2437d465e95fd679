/** What Flashwire adds to the formats: `fw:*` in RSS and Atom, `_flashwire` in JSON Feed. */

/** The XML namespace of `fw:*`, the same for every wire. It never changes: a new one would be another vocabulary. */
export const NAMESPACE = "urn:flashwire:ns:1";

/** Where each wire says what its extension means, to people. */
export const EXTENSION_PATH = "/about/extension";
