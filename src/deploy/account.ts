import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { FlashwireError } from "../core/errors.ts";

/** Who the credentials at hand are: the account and the ARN of the caller. Throws `unavailable` where AWS takes none. */
export async function callerOf(region: string): Promise<{ account: string; arn: string }> {
  try {
    const { Account = "", Arn = "" } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    return { account: Account, arn: Arn };
  } catch (cause) {
    const { name, message } = cause as Error;
    const detail = `AWS takes no credentials from this terminal: ${name}: ${message}`;
    const todo =
      "Set AWS_PROFILE, or run `aws configure` or `aws sso login`; `aws sts get-caller-identity` tries them.";
    throw new FlashwireError("unavailable", `${detail}\n${todo}`, [], { cause });
  }
}
