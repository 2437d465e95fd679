import { FlashwireError } from "../core/errors.ts";
import { MAX_NAME } from "../core/limits.ts";

/** Whether the request only asks what would happen. */
export function wantsDryRun(url: string): boolean {
  const [said, ...others] = new URL(url).searchParams.getAll("dry-run");
  if (said === undefined || (said === "false" && others.length === 0)) return false;
  if (said === "true" && others.length === 0) return true;
  throw new FlashwireError("malformed", "dry-run can only be true or false, and only once: ?dry-run=true");
}

/** Throws `malformed` for a parameter that is not one of these: a misspelt `dry-run` must not publish. */
export function refuseOtherParameters(url: string, ...known: string[]): void {
  const other = [...new URL(url).searchParams.keys()].find((name) => !known.includes(name));
  if (other === undefined) return;
  const detail = `${JSON.stringify(other.slice(0, MAX_NAME))} is not a parameter here; there are ${known.join(", ")}.`;
  throw new FlashwireError("malformed", detail);
}

/** Throws `malformed` for a request that its sender takes for one that changes nothing. */
export function refuseDryRun(url: string): void {
  if (!wantsDryRun(url)) return;
  throw new FlashwireError("malformed", "Ask with POST /articles?dry-run=true what a record would change.");
}
