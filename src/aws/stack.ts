import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { FlashwireError } from "../core/errors.ts";

/** What a deployed stack says of itself: Url, NewsroomBucketName, PublishQueueUrl … Throws `not-found`, `unavailable`. */
export async function outputsOf(stack: string): Promise<Record<string, string>> {
  const client = new CloudFormationClient({});
  const found = await client.send(new DescribeStacksCommand({ StackName: stack })).catch((cause: Error) => {
    const missing = cause.message.includes("does not exist");
    const detail = missing
      ? `There is no stack ${stack} in this account and region.`
      : `AWS: ${cause.message}`;
    throw new FlashwireError(missing ? "not-found" : "unavailable", detail, [], { cause });
  });
  const outputs = found.Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = "", OutputValue = "" }) => [OutputKey, OutputValue]));
}
