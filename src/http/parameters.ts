import { FlashwireError } from "../core/errors.ts";
import { MAX_NAME } from "../core/limits.ts";

/** What the query of a request asks for. */

/** Whether the request only asks what would happen. Throws `malformed`. */
export const wantsDryRun = (url: string): boolean => isTrue(url, "dry-run");

/** Whether the request wants a record with warnings to be refused. Throws `malformed`. */
export const wantsStrict = (url: string): boolean => isTrue(url, "strict");

function isTrue(url: string, name: string): boolean {
  const [said, ...others] = new URL(url).searchParams.getAll(name);
  if (said === undefined || (said === "false" && others.length === 0)) return false;
  if (said === "true" && others.length === 0) return true;
  throw new FlashwireError("malformed", `${name} can only be true or false, and only once: ?${name}=true`);
}

/** Whether the request wants its answer only when the documents are written. Throws `malformed`. */
export function wantsPublished(url: string): boolean {
  const waits = new URL(url).searchParams.getAll("wait");
  if (waits.length === 0) return false;
  if (waits.length === 1 && waits[0] === "published") return true;
  throw new FlashwireError("malformed", "wait can only be published, and only once: ?wait=published");
}

/** Throws `malformed` for a parameter that is not one of these: a misspelt `dry-run` must not publish. */
export function refuseOtherParameters(url: string, ...known: string[]): void {
  const other = [...new URL(url).searchParams.keys()].find((name) => !known.includes(name));
  if (other === undefined) return;
  const detail = `${JSON.stringify(other.slice(0, MAX_NAME))} is not a parameter here; the parameters are ${known.join(", ")}.`;
  throw new FlashwireError("malformed", detail);
}

/** Throws `malformed` for a request that its sender takes for one that changes nothing. */
export function refuseDryRun(url: string): void {
  if (!wantsDryRun(url)) return;
  throw new FlashwireError("malformed", "Ask with POST /articles?dry-run=true what a record would change.");
}
