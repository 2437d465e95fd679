import type { Services } from "../services.ts";

/** What is asked for; undefined where that fails: it is named then, and does not stop the walk. */
export async function tried<T>(
  services: Services,
  name: string,
  failed: string[],
  run: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    failed.push(name);
    services.log("sweep.failed", { name, error: String(error) });
    return undefined;
  }
}
