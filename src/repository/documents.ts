import { type CONFLICT, type Deleted, type ObjectHead, type PutOptions, unchanged } from "../store/port.ts";
import type { Stores } from "../store/stores.ts";

type Deps = { stores: Stores };

/** What is known of a stored document: its ETag, and its headers where the store keeps them. */
export type SeenDocument = Pick<ObjectHead, "etag" | "contentType" | "cacheControl">;

/** Where a document is stored, and with which headers. */
export type DocumentPlace = { key: string } & Required<Pick<PutOptions, "contentType" | "cacheControl">>;

/** Whether the stored document has these headers; true where the store keeps none. */
export function hasHeaders(seen: SeenDocument, { contentType, cacheControl }: DocumentPlace): boolean {
  return (
    (seen.contentType ?? contentType) === contentType && (seen.cacheControl ?? cacheControl) === cacheControl
  );
}

/** Whether a put of these bytes would change nothing: neither what readers get nor the headers they get it with. */
export function isStored(
  { stores }: Deps,
  place: DocumentPlace,
  body: Uint8Array,
  seen: SeenDocument | undefined,
): boolean {
  return seen !== undefined && hasHeaders(seen, place) && seen.etag === stores.published.etagOf(body);
}

/** Writes the document if it is still the one that was seen. */
export function putDocument(
  { stores }: Deps,
  { key, contentType, cacheControl }: DocumentPlace,
  body: Uint8Array,
  seen: SeenDocument | undefined,
): Promise<string | typeof CONFLICT> {
  return stores.published.put(key, body, { condition: unchanged(seen), contentType, cacheControl });
}

/** Removes the document if it is still the one that was seen. */
export function deleteDocument({ stores }: Deps, key: string, { etag }: SeenDocument): Promise<Deleted> {
  return stores.published.delete(key, { ifMatch: etag });
}
