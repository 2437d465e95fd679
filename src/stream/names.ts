/** What names of files say about records in them. Names are compared in any case: `STORY.JSON` is `story.json`. */

const RECORDS = /\.(json|ndjson|jsonl)(\.gz)?$/i;
const LINES = /\.(ndjson|jsonl)(\.gz)?$/i;

/** The endings of such names, as messages list them. */
export const RECORD_ENDINGS = ".json, .ndjson or .jsonl, also with .gz behind it";

/** Whether a file of this name is taken for one that holds records. Its content tells what it really holds. */
export const isRecordFile = (name: string): boolean => RECORDS.test(name);

/** Whether the name promises one record a line: a hint for content that could be two things. */
export const promisesLines = (name: string): boolean => LINES.test(name);
