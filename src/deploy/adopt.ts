import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  ExecuteChangeSetCommand,
  waitUntilChangeSetCreateComplete,
  waitUntilStackImportComplete,
} from "@aws-sdk/client-cloudformation";
import type { LostBucket } from "./buckets.ts";
import { MAX_WAIT_SECONDS } from "./limits.ts";
import type { DeployedStack } from "./stack.ts";
import type { Resource, Template, Wanted } from "./template.ts";

/**
 * Takes buckets that exist without a stack into the stack, which the import makes where there is no stack. The content of
 * the buckets stays. The deploy that follows gives them all else that the template says of them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources-manually.html
 */
export async function adoptBuckets(
  client: CloudFormationClient,
  { stack: StackName, template }: Wanted,
  deployed: DeployedStack | undefined,
  buckets: LostBucket[],
): Promise<void> {
  const ChangeSetName = "flashwire-adopts";
  const made = await client.send(
    new CreateChangeSetCommand({
      StackName,
      ChangeSetName,
      ChangeSetType: "IMPORT",
      TemplateBody: JSON.stringify(importTemplate(deployed?.template, template, buckets)),
      Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
      ResourcesToImport: buckets.map(({ id, name }) => ({
        ResourceType: "AWS::S3::Bucket",
        LogicalResourceId: id,
        ResourceIdentifier: { BucketName: name },
      })),
    }),
  );
  const patience = { client, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1, maxDelay: 5 };
  const ids = { StackName: made.StackId ?? StackName, ChangeSetName: made.Id ?? ChangeSetName };
  await waitUntilChangeSetCreateComplete(patience, ids);
  await client.send(new ExecuteChangeSetCommand(ids));
  await waitUntilStackImportComplete(patience, { StackName: ids.StackName });
}

/** The template of the stack as it is, and the buckets: an import may change nothing else. */
export function importTemplate(
  present: Template | undefined,
  template: Template,
  buckets: Pick<LostBucket, "id" | "name">[],
): Template {
  const imported = buckets.map(({ id, name }) => [id, importable(template.Resources[id] as Resource, name)]);
  return { ...present, Resources: { ...present?.Resources, ...Object.fromEntries(imported) } };
}

/** A bucket without what names other resources, which are not there yet. Each imported resource needs a DeletionPolicy. */
function importable({ Type, Properties = {}, UpdateReplacePolicy }: Resource, BucketName: string): Resource {
  const plain = Object.entries(Properties).filter(
    ([, value]) => !/"(?:Ref|Fn::\w+)":/.test(JSON.stringify(value)),
  );
  const kept = UpdateReplacePolicy === undefined ? {} : { UpdateReplacePolicy };
  return {
    Type,
    DeletionPolicy: "Retain",
    ...kept,
    Properties: { ...Object.fromEntries(plain), BucketName },
  };
}
