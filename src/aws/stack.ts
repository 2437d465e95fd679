import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { FlashwireError } from "../core/errors.ts";

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
    const detail = missing
      ? `There is no stack ${stack} in ${region} of this account; set AWS_REGION where it is in another region.`
      : `AWS: ${cause.message}`;
    throw new FlashwireError(missing ? "not-found" : "unavailable", detail, [], { cause });
  });
  const outputs = found.Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
}
