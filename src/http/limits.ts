/**
 * The maxima of this folder, each with its reason. Sizes are bytes where the name says BYTES, else UTF-16 code units or
 * counts.
 */

/** Answers to a stream that wait for a client which first sends everything: those to 100,000 records. */
export const MAX_WAITING_ANSWERS_BYTES = 32 * 1_048_576;

/** The wire works on an unfilled batch of a slow stream after this long: a flash must not wait for its neighbours. */
export const BATCH_LINGER_MS = 25;

/** Compressed documents kept in memory, bytes: some 500 feeds in three formats. */
export const COMPRESSED_BYTES = 64 * 1_048_576;

/**
 * Documents that are read and compressed at a time. With more of them a robot that fetches a whole site takes the processors from all
 * others, and the memory that their compressors leave behind stays with the process: 250 documents at once left 400 MB.
 */
export const COMPRESSED_AT_ONCE = 2;

/** Smaller documents fit into one packet or two as they are; compressing them only adds work. */
export const MIN_COMPRESSED_BYTES = 1_024;

/** A client that needs longer to say what it wants is broken or an attack. */
export const HEADERS_TIMEOUT_MS = 10_000;

/** Headers of one request: a token, conditions, a long URL. */
export const MAX_HEADER_BYTES = 16_384;

/** A request may take so long: 100 MB over a line of 1 Mbit/s do. */
export const REQUEST_TIMEOUT_MS = 900_000;

/** The server closes a connection on which nothing has moved in either direction for so long. */
export const IDLE_TIMEOUT_MS = 120_000;

/** A server that closes gives requests under way so long to finish: process managers kill after 10 s and more. */
export const CLOSE_GRACE_MS = 8_000;

/** The wire reads and throws away so much of a record that is too large, so that its sender gets to read why; more cuts the connection. */
export const MAX_DISCARDED_BYTES = 8 * 1_048_576;

/** Bytes that a packed body may unpack to: ten times the 100 MB that a slow line brings in REQUEST_TIMEOUT_MS. */
export const MAX_UNPACKED_BODY_BYTES = 1_073_741_824;

/**
 * The JSON of an invocation without its body, bytes. The request line and the values of all headers have 10,240 bytes
 * together (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html); each of them may be escaped,
 * and the address stands in the event several times.
 */
const DEPLOYED_HEAD_BYTES = 65_536;

/** Bytes that Lambda is invoked with: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_INVOCATION_BYTES = 6 * 1_048_576;

/** Bytes of a body that a wire on AWS takes, as NDJSON or packed: Lambda gets these in base64, four bytes for each three. */
export const MAX_DEPLOYED_BODY_BYTES = 3 * Math.floor((MAX_INVOCATION_BYTES - DEPLOYED_HEAD_BYTES) / 4);

/** Between two tries to write for /healthz, milliseconds: however many ask, the disk has one small write in two seconds. */
export const HEALTH_EVERY_MS = 2_000;

/** Values of Accept-Encoding whose meaning is remembered: browsers, readers and proxies send a few dozen. */
export const MAX_REMEMBERED_WISHES = 100;

/** UTF-16 code units of such a value; the longest that a browser sends has 30. */
export const MAX_WISH = 200;

/** Addresses that are known to be those of documents: 500 feeds in each format, with their pages, and the newest stories. */
export const MAX_KNOWN_ADDRESSES = 5_000;

/** UTF-16 code units of such an address: the longest names of host and feed, escaped, are shorter. */
export const MAX_KNOWN_ADDRESS = 1_000;
