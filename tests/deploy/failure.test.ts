import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { expect, onTestFinished, test } from "vitest";
import { failureFindings } from "../../src/deploy/failure.ts";

const START = new Date("2026-11-27T10:00:00Z");
const VERIFY = "Your account must be verified before you can add new CloudFront resources.";

type Event = { minute: number; id: string; type: string; status: string; reason?: string };
const stack = (minute: number, status: string): Event => ({
  minute,
  id: "flashwire-dev",
  type: "AWS::CloudFormation::Stack",
  status,
});
const failed = (minute: number, id: string, reason: string): Event => ({
  minute,
  id,
  type: "AWS::CloudFront::Distribution",
  status: "CREATE_FAILED",
  reason,
});

/** A CloudFormation that tells of these events, the newest first, as AWS does. */
async function telling(events: Event[]): Promise<CloudFormationClient> {
  const members = events.map(({ minute, id, type, status, reason = "" }) => {
    const time = new Date(START.getTime() + minute * 60_000).toISOString();
    return `<member><EventId>${id}${minute}</EventId><LogicalResourceId>${id}</LogicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason><Timestamp>${time}</Timestamp></member>`;
  });
  const xml = `<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>${members.join("")}</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>`;
  const server = createServer((_, answer) => answer.setHeader("Content-Type", "text/xml").end(xml));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return new CloudFormationClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
}

test("when a deploy failed at CloudFormation, each cause is named with what to do", async () => {
  const client = await telling([
    stack(4, "UPDATE_ROLLBACK_COMPLETE"),
    failed(2, "SweepRole", "Resource creation cancelled"),
    failed(2, "Distribution", VERIFY),
    stack(1, "UPDATE_IN_PROGRESS"),
    failed(-30, "Distribution", "of the deploy before"),
  ]);
  const found = await failureFindings(client, "flashwire-dev", START);
  expect(found.map(({ what }) => what)).toEqual([`Distribution: ${VERIFY}`]);
  expect(found[0]?.todo).toContain("Ask AWS Support");
});

test("when a deploy failed before it came to CloudFormation, the causes of an earlier one are not named", async () => {
  const client = await telling([failed(-30, "Distribution", VERIFY), stack(-31, "UPDATE_IN_PROGRESS")]);
  expect(await failureFindings(client, "flashwire-dev", START)).toEqual([]);
});
