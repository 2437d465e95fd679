import {
  type CloudFormationClient,
  paginateDescribeStackEvents,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import { type Finding, problem } from "./finding.ts";
import { MAX_CLOCK_SKEW_MS, MAX_EVENT_PAGES } from "./limits.ts";

const AGAIN = "then deploy again; nothing has to be removed before";

/** What AWS says when a resource fails, and the way out. */
const ADVICE: [RegExp, string][] = [
  [
    /account must be verified/,
    `AWS verifies new accounts before they may create CloudFront resources. Ask AWS Support (https://console.aws.amazon.com/support/home#/, service CloudFront) with this message, ${AGAIN}`,
  ],
  [
    /CNAMEAlreadyExists|one or more of the CNAMEs/i,
    `another distribution has the domain; take the domain out of that one, or aws.domain out of the site file, ${AGAIN}`,
  ],
  [
    /UnreservedConcurrentExecution/,
    `write a smaller concurrency into the site file, or leave it out, ${AGAIN}`,
  ],
  [
    /MemorySize/,
    `this account gives functions less memory: write less into memory of the site file, ${AGAIN}`,
  ],
  [/certificate/i, `npx flashwire doctor says what is wrong with the certificate, ${AGAIN}`],
  [
    /not authorized to perform|AccessDenied/,
    `give the deployer the rights of docs/deployer-policy.json, ${AGAIN}`,
  ],
  [
    /already (?:exists|owned)/i,
    "npx flashwire doctor says whose it is; deploy again, and the deploy takes in buckets of this account",
  ],
  [/not empty/i, "deploy again; the deploy takes the bucket in as it is"],
];

/**
 * Why a deploy that began at `since` failed, with what to do about each reason; nothing where it failed before it came to
 * CloudFormation, which has told of the deploy before then.
 */
export async function failureFindings(
  client: CloudFormationClient,
  StackName: string,
  since: Date,
): Promise<Finding[]> {
  const events: StackEvent[] = [];
  let pages = 0;
  for await (const page of paginateDescribeStackEvents({ client }, { StackName })) {
    events.push(...(page.StackEvents ?? []));
    if (++pages >= MAX_EVENT_PAGES || page.StackEvents?.some(begins)) break;
  }
  const earliest = since.getTime() - MAX_CLOCK_SKEW_MS;
  return reasonsIn(events.filter(({ Timestamp = since }) => Timestamp.getTime() >= earliest));
}

/** `events`: the newest first, as CloudFormation gives them. Resources that were given up for another one's sake are left out. */
export function reasonsIn(events: StackEvent[]): Finding[] {
  const start = events.findIndex(begins);
  const last = start === -1 ? events : events.slice(0, start);
  return last
    .reverse()
    .flatMap(({ ResourceStatus = "", ResourceStatusReason: why = "", LogicalResourceId, ResourceType }) => {
      const isCause =
        /^(?:CREATE|UPDATE|DELETE|IMPORT)_FAILED$/.test(ResourceStatus) && !/cancelled/.test(why);
      if (!isCause || ResourceType === "AWS::CloudFormation::Stack") return [];
      const [, advice] = ADVICE.find(([pattern]) => pattern.test(why)) ?? [];
      return [problem(`${LogicalResourceId}: ${why}`, advice ?? `mend that, ${AGAIN}`)];
    });
}

/** The event with which a deploy began. */
function begins({ ResourceType, ResourceStatus, ResourceStatusReason = "" }: StackEvent): boolean {
  const isStart = /^(?:CREATE|UPDATE|IMPORT)_IN_PROGRESS$/.test(ResourceStatus ?? "");
  return ResourceType === "AWS::CloudFormation::Stack" && isStart && !/clean ?up/i.test(ResourceStatusReason);
}
