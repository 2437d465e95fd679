import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { FlashwireError } from "../core/errors.ts";

/** What to type where AWS takes no credentials from a terminal. */
const CREDENTIALS_ADVICE =
  "Set AWS_PROFILE, or run `aws configure` or `aws sso login`; `aws sts get-caller-identity` tries them.";

/**
 * How the SDK, CloudFormation and STS say that there are no credentials, or that these are wrong or too old
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html).
 */
const NO_CREDENTIALS =
  /^(CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|MissingAuthenticationToken)$/;

/** What a deployed stack says of itself: Url, NewsroomBucketName, PublishQueueUrl … Throws `not-found`, `unavailable`. */
export async function outputsOf(stack: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient({});
  const region = await client.config.region().catch((cause) => {
    const detail =
      "Set AWS_REGION to the region of the stack: eu-central-1 unless it was deployed with another.";
    throw new FlashwireError("unavailable", detail, [], { cause });
  });
  const found = await client.send(new DescribeStacksCommand({ StackName: stack })).catch((cause: Error) => {
    const missing = cause.message.includes("does not exist");
    const advice = NO_CREDENTIALS.test(cause.name) ? `\n${CREDENTIALS_ADVICE}` : "";
    const detail = missing
      ? `There is no stack ${stack} in ${region} of this account; set AWS_REGION where it is in another region.`
      : `AWS: ${cause.message}${advice}`;
    throw new FlashwireError(missing ? "not-found" : "unavailable", detail, [], { cause });
  });
  const outputs = found.Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
}
