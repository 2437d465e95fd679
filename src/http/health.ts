import type { Health } from "../contract/answers.ts";
import { documentKeysOf } from "../render/outputs.ts";
import { headRecord } from "../repository/records.ts";
import type { Services } from "../services.ts";
import { HEALTH_EVERY_MS } from "./limits.ts";
import { problemResponse } from "./problem.ts";
import { type Deps, json } from "./route.ts";

/**
 * Healthy is what reaches both stores, and takes records where that can be tried. Anybody may ask at any rate, so a write
 * is tried at most each HEALTH_EVERY_MS. A deployed wire tries no write: each would cost a request to S3, and the
 * answer of one function says nothing of the others. Its answer says so.
 */
export function createHealth({
  services,
  health,
}: Pick<Deps, "services" | "health">): () => Promise<Response> {
  const { stores, log } = services;
  const wire = health && { wire: health.wire };
  const check = health && seldom(health.check, () => services.now());
  const checked = check === undefined ? "reads" : "reads and writes";
  return async () => {
    try {
      check?.();
      await Promise.all([
        headRecord({ stores }, "healthz"),
        stores.published.head(documentKeysOf("all")[0] ?? ""),
      ]);
      const healthy: Health = { status: "ok", checked, ...wire };
      return json(healthy, { "Cache-Control": "no-store" });
    } catch (error) {
      return problemResponse({ log }, error, { extensions: { ...wire } });
    }
  };
}

/** The check, which ends as it did the last time unless that was HEALTH_EVERY_MS ago. */
function seldom(check: () => void, now: Services["now"]): () => void {
  let last: { at: number; end: () => void } | undefined;
  return () => {
    const at = now();
    // A clock may have gone back since.
    if (last === undefined || Math.abs(at - last.at) >= HEALTH_EVERY_MS) last = { at, end: endOf(check) };
    last.end();
  };
}

function endOf(check: () => void): () => void {
  try {
    check();
    return () => {};
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
