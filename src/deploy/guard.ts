import {
  CloudFormationClient,
  DeleteStackCommand,
  waitUntilStackDeleteComplete,
} from "@aws-sdk/client-cloudformation";
import { S3Client } from "@aws-sdk/client-s3";
import { callerOf } from "./account.ts";
import { adoptBuckets } from "./adopt.ts";
import { bucketFindings, lostBuckets } from "./buckets.ts";
import { type Droppable, dropFindings } from "./drops.ts";
import { failureFindings } from "./failure.ts";
import type { Finding } from "./finding.ts";
import { MAX_WAIT_SECONDS } from "./limits.ts";
import { secretFindings } from "./origin.ts";
import { type DeployedStack, describeStack } from "./stack.ts";
import { isEmptyRemains, stageFindings, stateFinding } from "./state.ts";
import type { Template, Wanted } from "./template.ts";

/**
 * What the Serverless CLI knows of a deploy. `listed` are the stages that the site file has settings for; `since` is the time
 * at which the deploy began (ISO 8601).
 */
export type Deploy = {
  stack: string;
  stage: string;
  region: string;
  template: Template;
  listed: string[];
  since: string;
};

/** What stands in the way of a deploy, or is good to know before it. */
export async function beforeDeploy(deploy: Deploy, allowed: Droppable[]): Promise<Finding[]> {
  const wanted = await wantedBy(deploy);
  const deployed = await describeStack(cloudFormation(deploy), deploy.stack);
  return [
    ...stageFindings(deployed, deploy.stage, deploy.listed),
    ...(await guardFindings(wanted, deployed, allowed)),
  ];
}

/** What stands in the way of a deploy of this template over the deployed stack; undefined where there is no stack. */
export async function guardFindings(
  wanted: Wanted,
  deployed: DeployedStack | undefined,
  allowed: Droppable[],
): Promise<Finding[]> {
  const { template = { Resources: {} } } = deployed ?? {};
  const lost = await lostBuckets(new S3Client({ region: wanted.region }), wanted, deployed);
  return [
    stateFinding(deployed, wanted),
    ...bucketFindings(lost),
    ...dropFindings(template, wanted.template, wanted.stage, allowed),
    ...secretFindings(template, wanted.template, wanted.stage),
  ];
}

/**
 * Makes room for a deploy: removes a stack that a failed first deploy left empty, and takes buckets that an earlier deploy
 * left into the stack. Answers the names of these buckets.
 */
export async function prepareStack(deploy: Deploy): Promise<string[]> {
  const client = cloudFormation(deploy);
  const wanted = await wantedBy(deploy);
  let deployed = await describeStack(client, deploy.stack);
  if (deployed !== undefined && isEmptyRemains(deployed)) {
    await removeStack(client, deploy.stack);
    deployed = undefined;
  }
  const lost = await lostBuckets(new S3Client({ region: deploy.region }), wanted, deployed);
  const ours = lost.filter(({ owner }) => owner === "ours");
  if (ours.length > 0) await adoptBuckets(client, wanted, deployed, ours);
  return ours.map(({ name }) => name);
}

/** Why the deploy that has just ended failed. */
export function afterFailure(deploy: Deploy): Promise<Finding[]> {
  return failureFindings(cloudFormation(deploy), deploy.stack, new Date(deploy.since));
}

async function wantedBy(deploy: Deploy): Promise<Wanted> {
  const { account } = await callerOf(deploy.region);
  return { ...deploy, account };
}

async function removeStack(client: CloudFormationClient, StackName: string): Promise<void> {
  await client.send(new DeleteStackCommand({ StackName }));
  await waitUntilStackDeleteComplete(
    { client, maxWaitTime: MAX_WAIT_SECONDS, minDelay: 1, maxDelay: 5 },
    { StackName },
  );
}

const cloudFormation = ({ region }: Deploy) => new CloudFormationClient({ region });
