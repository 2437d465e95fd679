import type { Config } from "../config/environment.ts";
import { anyOf, type TokenCheck, tokensFrom } from "../http/auth.ts";
import type { Log } from "../store/stores.ts";
import { ensureToken, tokenFile } from "./data-folder.ts";
import { inTurn } from "./membership.ts";

export type OwnTokens = {
  check: TokenCheck;
  /** The token that the wire made for newsrooms; undefined where the environment sets those. */
  token: string | undefined;
  /** Where commands on this machine find a token; undefined where that file could not be made. */
  tokenFile: string | undefined;
};

/**
 * The tokens that may write, in addition to those of the store. The environment sets the tokens, or the wire makes one.
 * Commands on this machine need not know those of the environment: for them the wire keeps a token in the data folder, which
 * only its owner can read. A user who can read that file can write into the folder as well.
 */
export async function openTokens({ data, token: set }: Config, log: Log): Promise<OwnTokens> {
  const file = tokenFile(data, set !== undefined);
  const made = inTurn(data, () => ensureToken(file));
  if (set === undefined) {
    const token = await made;
    return { check: tokensFrom(token), token, tokenFile: file };
  }
  const own = await made.catch((error: unknown) => {
    log("token.failed", { file, error: String(error) });
    return undefined;
  });
  if (own === undefined) return { check: tokensFrom(set), token: undefined, tokenFile: undefined };
  const check = anyOf(tokensFrom(set), tokensFrom(`this-machine=${own}`));
  return { check, token: undefined, tokenFile: file };
}
