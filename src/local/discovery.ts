import { rmSync } from "node:fs";
import { readServerFile, type ServerFile, serverFile, whoServes, writeServerFile } from "./data-folder.ts";

/**
 * Tells the command line where the folder is served: here, unless another of its servers that lives is named already.
 * To be repeated, because that server may be killed.
 */
export async function announce(data: string, wire: string, own: ServerFile): Promise<void> {
  const named = namedIn(data);
  if (named?.url === own.url && named.pid === own.pid) return;
  const isOther = named !== undefined && named.url !== own.url;
  if (isOther && (await whoServes(named.url, wire)) === "we") return;
  writeServerFile(data, own);
}

/** Takes it back. What others have announced stays. */
export function retract(data: string, own: ServerFile): void {
  const named = namedIn(data);
  if (named?.url === own.url && named.pid === own.pid) rmSync(serverFile(data), { force: true });
}

function namedIn(data: string): ServerFile | undefined {
  try {
    return readServerFile(data);
  } catch {
    // The file cannot be read, so it names no server.
    return undefined;
  }
}
