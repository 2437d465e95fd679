import type { Rendered } from "../render/renderer.ts";
import {
  deleteDocument,
  hasHeaders,
  isStored,
  putDocument,
  type SeenDocument,
} from "../repository/documents.ts";
import type { FeedState } from "../repository/windows.ts";
import { CONFLICT } from "../store/port.ts";
import { storeAssets } from "./assets.ts";
import type { Changed } from "./feed-work.ts";
import type { Press } from "./press.ts";

type Work = {
  /** The documents as they were before the window was read. */
  state: FeedState;
  rendered: Rendered[];
  /** Whether their window is the one that was read: then the stored documents may be right already. */
  isSame: boolean;
};

/**
 * Puts those documents of a feed that differ from what is stored, each on condition, and removes those of formats that the feed
 * does not have any more.
 */
export async function writeDocuments(
  press: Press,
  { state, rendered, isSame }: Work,
): Promise<{ documents: FeedState["documents"]; changed: Changed[] } | typeof CONFLICT> {
  const put = async ({ output, body }: Rendered): Promise<string | typeof CONFLICT> => {
    const seen = state.documents.get(output.key);
    // A digest of a document takes longer than rendering it, and the documents of a changed window have changed.
    if (isSame && seen !== undefined && isStored(press, output, body, seen)) return seen.etag;
    return putDocument(press, output, body, seen);
  };
  await storeAssets(press);
  const etags = await Promise.all(rendered.map(put));
  // A put that lost or failed may still be sending, so the memory of these documents is not used again.
  if (etags.includes(CONFLICT)) return CONFLICT;
  const left = [...state.documents].filter(([key]) => !rendered.some(({ output }) => output.key === key));
  for (const [key, seen] of left) if ((await deleteDocument(press, key, seen)) === CONFLICT) return CONFLICT;
  press.renderer.reuse(rendered);
  const documents = new Map<string, SeenDocument>();
  const changed: Changed[] = left.map(([key]) => ({ key }));
  rendered.forEach(({ output }, i) => {
    const { key, contentType, cacheControl } = output;
    const etag = etags[i] as string;
    const before = state.documents.get(key);
    documents.set(key, { etag, contentType, cacheControl });
    if (before?.etag !== etag || !hasHeaders(before, output)) changed.push({ key, etag });
  });
  return { documents, changed };
}
