/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Articles of one source that the wire remembers, the newest ones: a busy newsroom's month; 250 bytes each. */
export const MAX_KNOWN = 2_000;

/** The name and the address of such an article have at most so many characters together: two addresses as long as the door takes them. */
export const MAX_KNOWN_TEXT = 4_096;

/** Between the two times that a source has to call an article gone, milliseconds: a mistake is undone in less. */
export const CONFIRM_AFTER_MS = 600_000;

/** Withdrawals that one round does by itself. More at once are more likely a broken site than an editor's work. */
export const MAX_WITHDRAWALS = 10;

/** Withdrawals of one round as a share of the known articles, for small sites. A single one is never too many. */
export const MAX_WITHDRAWN_SHARE = 0.05;

/** Known articles that one round asks a source for: as many requests as a page of a browser makes. */
export const MAX_ASKED = 20;

/** The longest pause before a source that fails is asked again, milliseconds. */
export const MAX_BACKOFF_MS = 3_600_000;

/** Refused articles that the state names. */
export const MAX_REFUSED = 10;

/** Between two rounds of a source that has more at once, milliseconds: a list without an end keeps nobody busy. */
export const MORE_AFTER_MS = 1_000;

/** The state and the log show so much of the address of a refused article: an editor recognises it. */
export const MAX_SHOWN = 300;
