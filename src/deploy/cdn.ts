import {
  CloudFrontClient,
  type DistributionSummary,
  paginateListDistributions,
} from "@aws-sdk/client-cloudfront";
import { type Finding, fine, noted, orUnknown, problem } from "./finding.ts";
import { MAX_DISTRIBUTION_PAGES } from "./limits.ts";
import type { DeployedStack } from "./stack.ts";
import { ofType, type Template, textsOf } from "./template.ts";

/** CloudFront is one for all regions, and is spoken to here. */
const REGION = "us-east-1";

/** As far as it can be seen: whether the account may create distributions, and whether another one has the domain. */
export function cdnFindings(wanted: Template, deployed: DeployedStack | undefined): Promise<Finding[]> {
  return orUnknown("CloudFront", async () => {
    const all = await distributions();
    const own = new Set(deployed?.resources.map(({ name }) => name));
    const domains = ofType(wanted, "AWS::CloudFront::Distribution").flatMap(([, { DistributionConfig }]) =>
      textsOf((DistributionConfig as { Aliases?: unknown }).Aliases),
    );
    const taken = domains.flatMap((domain) =>
      all
        .filter(({ Id = "", Aliases }) => !own.has(Id) && Aliases?.Items?.includes(domain))
        .map(({ Id }) => ({ domain, Id })),
    );
    const problems = taken.map(({ domain, Id }) =>
      problem(
        `The domain ${domain} belongs to the distribution ${Id} already.`,
        `aws cloudfront get-distribution --id ${Id} shows it; take the domain out of that one first`,
      ),
    );
    return [access(all.length), ...problems];
  });
}

function access(count: number): Finding {
  if (count > 0) return fine(`The account has distributions (${count}), so it may create them.`);
  return noted(
    "The account has no distribution. AWS verifies new accounts first, and nobody can see before a deploy whether this one may create one.",
    "should the deploy fail with `must be verified`, ask AWS Support (https://console.aws.amazon.com/support/home#/) and deploy again",
  );
}

async function distributions(): Promise<DistributionSummary[]> {
  const client = new CloudFrontClient({ region: REGION });
  const all: DistributionSummary[] = [];
  let pages = 0;
  for await (const { DistributionList } of paginateListDistributions({ client }, {})) {
    all.push(...(DistributionList?.Items ?? []));
    if (++pages >= MAX_DISTRIBUTION_PAGES) break;
  }
  return all;
}
