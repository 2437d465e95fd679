import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListStackResources,
} from "@aws-sdk/client-cloudformation";
import { MAX_RESOURCE_PAGES } from "./limits.ts";
import type { Template } from "./template.ts";

/** A resource of a stack as it is deployed. */
export type StackResource = { id: string; type: string; name: string; status: string };

/** A stack as it is deployed. */
export type DeployedStack = {
  status: string;
  resources: StackResource[];
  template: Template;
  /** Where readers and newsrooms find the wire; undefined where the stack does not say. */
  url?: string;
};

/** The stack of this name; undefined where there is none. */
export async function describeStack(
  client: CloudFormationClient,
  StackName: string,
): Promise<DeployedStack | undefined> {
  const found = await client.send(new DescribeStacksCommand({ StackName })).catch((error: Error) => {
    if (error.message.includes("does not exist")) return undefined;
    throw error;
  });
  const { StackStatus: status, Outputs = [] } = found?.Stacks?.[0] ?? {};
  if (status === undefined) return undefined;
  const url = Outputs.find(({ OutputKey }) => OutputKey === "Url")?.OutputValue;
  return {
    ...(url === undefined ? {} : { url }),
    status,
    resources: await resourcesOf(client, StackName),
    template: await templateOf(client, StackName),
  };
}

async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<StackResource[]> {
  const resources: StackResource[] = [];
  let pages = 0;
  for await (const page of paginateListStackResources({ client }, { StackName })) {
    for (const one of page.StackResourceSummaries ?? []) {
      const { LogicalResourceId: id = "", ResourceType: type = "", PhysicalResourceId: name = "" } = one;
      resources.push({ id, type, name, status: one.ResourceStatus ?? "" });
    }
    if (++pages >= MAX_RESOURCE_PAGES) break;
  }
  return resources;
}

/** A stack of which only a change set was made has no template. */
async function templateOf(client: CloudFormationClient, StackName: string): Promise<Template> {
  const { TemplateBody } = await client
    .send(new GetTemplateCommand({ StackName, TemplateStage: "Original" }))
    .catch(() => ({ TemplateBody: undefined }));
  return { Resources: {}, ...JSON.parse(TemplateBody || "{}") };
}
