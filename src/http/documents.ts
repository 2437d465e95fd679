import { LRUCache } from "lru-cache";
import type { Services } from "../services.ts";
import type { ReaderHeaders } from "./conditions.ts";
import { createCopies } from "./encoding.ts";
import { MAX_KNOWN_ADDRESS, MAX_KNOWN_ADDRESSES } from "./limits.ts";
import { type Addressed, type Answer, answerStored } from "./stored-document.ts";

/** The documents of the public store, as readers get them. */
export type Documents = {
  /**
   * The answer to a GET or HEAD of the address at which `document` stands; undefined where nothing is stored. The address is
   * remembered: which document stands at an address follows from the site file, which a process reads once.
   */
  answer(request: Request, document: Addressed): Promise<Response | undefined>;
  /**
   * What `answer` answers, without routes and without objects of the web, for an address that is remembered; undefined for all
   * other addresses, and where the document is gone. Throws what `answer` throws. It checks no guard, so only a server that all
   * may ask uses it.
   */
  answerAgain(address: string, reader: ReaderHeaders): Promise<Answer | undefined> | undefined;
};

export function createDocuments(services: Services): Documents {
  const parts = { services, copies: createCopies() };
  const addresses = new LRUCache<string, Addressed>({ max: MAX_KNOWN_ADDRESSES });

  /** A query may be anything, and there is no end of queries. */
  const isWorthwhile = (address: string) => address.length <= MAX_KNOWN_ADDRESS && !address.includes("?");

  return {
    async answer({ url, headers }, document) {
      const answer = await answerStored(parts, document, headers, false);
      if (answer && isWorthwhile(url) && !addresses.has(url)) addresses.set(url, document);
      // Copying the body only to please the type (no store shares memory between threads) would cost more than sending it.
      return answer && new Response((answer.body ?? null) as Uint8Array<ArrayBuffer> | null, answer);
    },
    answerAgain(address, reader) {
      const document = addresses.get(address);
      return document && answerStored(parts, document, reader, true);
    },
  };
}
