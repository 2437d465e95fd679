import { GetAccountSettingsCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { type Finding, fine, noted, orUnknown, problem } from "./finding.ts";
import { MIN_UNRESERVED } from "./limits.ts";
import { ofType, type Template } from "./template.ts";

/** Invocations at once that new accounts have for all functions together, where AWS's default is 1,000. */
const SMALL_ACCOUNT = 50;

/**
 * Whether the account lets Lambda run as many functions at once as the template reserves:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export function quotaFindings(
  client: LambdaClient,
  wanted: Template,
  deployed: Template | undefined,
): Promise<Finding[]> {
  return orUnknown("Lambda's quotas", async () => {
    const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
    const { ConcurrentExecutions: all = 0, UnreservedConcurrentExecutions: free = 0 } = AccountLimit ?? {};
    return concurrencyFindings({ all, free }, reservedBy(wanted), deployed ? reservedBy(deployed) : 0);
  });
}

/** `all` and `free`: executions of the account, and those that no function has reserved. */
export function concurrencyFindings(
  { all, free }: { all: number; free: number },
  wanted: number,
  present: number,
): Finding[] {
  const ask =
    "ask for more at Service Quotas (Lambda, Concurrent executions), or write a smaller concurrency into the site file";
  const left = free + present - wanted;
  if (wanted > 0 && left < MIN_UNRESERVED) {
    const what = `The stage reserves ${wanted} concurrent executions; of ${all} that leaves ${left}, and Lambda keeps ${MIN_UNRESERVED}.`;
    return [problem(what, `${ask}, or leave it out`)];
  }
  const what = `Lambda runs up to ${all} functions at once in this account.`;
  return [all < SMALL_ACCOUNT ? noted(`${what} Publishing waits when many records come.`, ask) : fine(what)];
}

function reservedBy(template: Template): number {
  return ofType(template, "AWS::Lambda::Function")
    .map(([, { ReservedConcurrentExecutions }]) => Number(ReservedConcurrentExecutions ?? 0))
    .reduce((sum, one) => sum + one, 0);
}
