import { FlashwireError } from "../core/errors.ts";
import { type Form, formFinder } from "./form.ts";
import { hold } from "./hold.ts";
import { KINDS, kindFinder } from "./kind.ts";
import { MAX_UNPACKED_BYTES } from "./limits.ts";
import { parseRecords, type StreamItem, type StreamPosition } from "./records.ts";
import { unpack } from "./unpack.ts";

/** What was found out about a text of records: its form, and whether gzip was around it. */
export type Shape = { form: Form; isPacked: boolean };

/** A record or an error, and the shape of what it stands in. */
export type FoundItem = StreamItem & { shape: Shape };

export type ReadingRules = {
  /** The name or the media type promises a record a line. */
  promisesLines: boolean;
  /** Gzip is unpacked: in files. A request says in its headers what is packed. */
  unpacks: boolean;
  /** Nothing at all is fine: a pipe may have nothing to say, a file is made to hold something. */
  mayBeBlank: boolean;
};

/** The error of a file that holds no record. */
export const NO_RECORD = "There is no record in this file. Did what wrote it fail?";

/**
 * The records that bytes hold: one object, a JSON array or a record a line, plain or in gzip, found out by the content.
 * Everything that takes records in reads them here. What is wrong with the whole becomes an item of line 0, or the last
 * item where records stand before it. `open` gives the bytes from a position on. A reader that had an item goes on
 * behind it with `place`, whose positions count bytes of the unpacked text. What `open` throws is thrown on, but for a
 * FlashwireError.
 */
export async function* readRecords(
  open: (from: number) => AsyncIterable<Uint8Array>,
  rules: ReadingRules,
  place?: StreamPosition & Shape,
): AsyncGenerator<FoundItem> {
  const packed = place?.isPacked;
  const source = hold(open(place === undefined || packed === true ? 0 : place.at));
  let shape: Shape = place ?? { form: rules.promisesLines ? "ndjson" : "one", isPacked: false };
  try {
    const isPacked = packed ?? (await isGzip(source, rules));
    shape = { ...shape, isPacked };
    const text = hold(isPacked ? unpack(source.all(), "gzip", MAX_UNPACKED_BYTES) : source.all());
    try {
      const form = place?.form ?? (await text.look(formFinder(rules.promisesLines)));
      shape = { form, isPacked };
      const chunks = isPacked && place !== undefined ? dropped(text.all(), place.at) : text.all();
      let isBlank = form === "ndjson" && place === undefined && !rules.mayBeBlank;
      for await (const item of parseRecords(chunks, form, place)) {
        isBlank = false;
        yield { ...item, shape };
      }
      if (isBlank) throw new FlashwireError("malformed", NO_RECORD);
    } finally {
      await text.close();
    }
  } catch (error) {
    if (!(error instanceof FlashwireError)) throw error;
    yield { line: 0, error, shape };
  } finally {
    await source.close();
  }
}

async function isGzip(source: ReturnType<typeof hold>, { unpacks }: ReadingRules): Promise<boolean> {
  const kind = await source.look(kindFinder());
  if (kind === "text") return false;
  if (kind === "gzip" && unpacks) return true;
  throw new FlashwireError("malformed", `This is ${KINDS[kind]}`);
}

/** The bytes behind the first `count`. */
async function* dropped(chunks: AsyncIterable<Uint8Array>, count: number): AsyncIterable<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (chunk.byteLength > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.byteLength);
  }
}
