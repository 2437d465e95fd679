/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Wrong fields listed in one answer: enough to mend a template, not a reflection of the whole body. */
export const MAX_PROBLEMS = 100;

/** Checks of one record, each after the wrong parts are gone: two do, and one may lay bare another wrong part. */
export const MAX_CHECKS = 4;

/** Elements open at once in a body. Browsers stop at 512, and the parser's time grows with the square of the depth. */
export const MAX_HTML_DEPTH = 256;

/** Links, images and embedded elements of a body: one for each 50 characters of the longest. Each costs microseconds. */
export const MAX_LINKS = 10_000;

/** Sizes that one image is offered in: image services write some 30. */
export const MAX_CANDIDATES = 64;

/** Times that a body is cleaned until it stays as it is. Two do for the worst HTML seen; more is an attack. */
export const MAX_HTML_PASSES = 10;

/**
 * Bytes of the wrong fields listed in one answer, as JSON: a field's name may be long, and batches and the command line
 * keep many answers.
 */
export const MAX_PROBLEMS_BYTES = 16_384;
