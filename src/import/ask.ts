import { FlashwireError } from "../core/errors.ts";
import type { Fetched, FetchLimits } from "../fetch/fetch.ts";
import { isObject, textIn } from "./json.ts";
import type { Outside, Source } from "./kind.ts";
import { MAX_ASKED_PAUSE_MS, MAX_REFUSAL_BYTES, SOURCE_PAUSE_MS, SOURCE_TRIES } from "./limits.ts";

/** What a source answers when it does not give what it was asked for. */
export class SourceRefusal extends FlashwireError {
  /** The address that refuses: at the end of all redirects. */
  readonly url: string;
  readonly status: number;
  /** WordPress's word for the reason, such as `rest_post_invalid_id`. */
  readonly word: string | undefined;

  constructor(url: string, status: number, word: string | undefined) {
    const reason = word === undefined ? "" : ` (${word})`;
    super("unavailable", `${new URL(url).host} answers ${status}${reason}.`);
    this.url = url;
    this.status = status;
    this.word = word;
  }
}

/** A source that is overloaded says so, and is asked again later. */
const PASSING = [429, 503];

/**
 * Asks a source for an address of its own; answers what it gives with 200 or 304. What fails on the way, and what the source
 * asks to be repeated, is tried again. Throws a SourceRefusal for other answers, and what the fetch throws.
 */
export async function ask(
  source: Source,
  outside: Outside,
  address: string,
  headers: Record<string, string> = {},
  limits: Partial<FetchLimits> = {},
): Promise<Fetched> {
  for (let tried = 1; ; tried++) {
    const fetched = await tryOnce(source, outside, address, { headers, limits }).catch((error: unknown) => {
      const mayHelp = error instanceof FlashwireError && error.code === "unavailable" && tried < SOURCE_TRIES;
      if (!mayHelp) throw error;
    });
    if (fetched !== undefined) {
      if (fetched.status === 200 || fetched.status === 304) return fetched;
      if (!PASSING.includes(fetched.status) || tried === SOURCE_TRIES) throw await refusalOf(fetched);
      await fetched.cancel();
    }
    await outside.sleep(pauseBefore(tried, fetched?.headers.get("retry-after")));
  }
}

/** Whether two addresses are of one website, with `www.` or without, over http or https. */
export function isSameSite(a: string, b: string): boolean {
  const [one, other] = [a, b].map((url) => new URL(url).hostname.replace(/^www\./, ""));
  return one === other;
}

function tryOnce(
  { url, allowsPrivate, authorization }: Source,
  outside: Outside,
  address: string,
  { headers, limits }: { headers: Record<string, string>; limits: Partial<FetchLimits> },
): Promise<Fetched> {
  // Credentials are for the site that they were given for, also where it names pages elsewhere; nobody on the way may read them.
  const { origin, protocol } = new URL(address);
  const maySignIn = origin === new URL(url).origin && (protocol === "https:" || allowsPrivate === true);
  return outside.fetch(address, {
    allowsPrivate,
    headers: { ...headers, ...(authorization !== undefined && maySignIn ? { authorization } : {}) },
    limits,
  });
}

/** Milliseconds: as long as the source asks for, within reason; else twice as long each time. */
function pauseBefore(tried: number, asked: string | null | undefined): number {
  const seconds = asked === null || asked === undefined ? Number.NaN : Number(asked);
  return Number.isFinite(seconds) && seconds >= 0
    ? Math.min(seconds * 1_000, MAX_ASKED_PAUSE_MS)
    : SOURCE_PAUSE_MS * 2 ** (tried - 1);
}

async function refusalOf({ url, status, body, cancel }: Fetched): Promise<SourceRefusal> {
  let text = "";
  try {
    for await (const chunk of body) {
      text += new TextDecoder().decode(chunk);
      if (text.length > MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status says enough.
  }
  await cancel();
  return new SourceRefusal(url, status, wordIn(text));
}

function wordIn(text: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    const word = isObject(answer) ? textIn(answer.code) : undefined;
    return word !== undefined && /^[\w-]{1,60}$/.test(word) ? word : undefined;
  } catch {
    return undefined;
  }
}
