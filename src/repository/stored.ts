import type { Stores } from "../store/stores.ts";

/** Whether anything is stored under this key of the private bucket, be it of a kind that only a newer version knows. */
export async function isStored(
  { stores }: { stores: Pick<Stores, "newsroom"> },
  key: string,
): Promise<boolean> {
  return (await stores.newsroom.head(key)) !== undefined;
}
