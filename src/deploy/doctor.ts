import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { callerOf } from "./account.ts";
import { cdnFindings } from "./cdn.ts";
import { certificateFindings } from "./certificate.ts";
import { packageCheckout } from "./checkout.ts";
import { type Finding, fine } from "./finding.ts";
import { guardFindings } from "./guard.ts";
import { type Ask, reachFindings } from "./origin.ts";
import { quotaFindings } from "./quotas.ts";
import { runningFindings } from "./running.ts";
import { describeStack } from "./stack.ts";
import { stageFindings } from "./state.ts";

/**
 * Looks at a stage of this checkout and at AWS: what would make a deploy fail, and whether what runs is what this checkout
 * makes. Changes nothing. `env`: the variables with which the checkout is packaged; `listed`: the stages in its site file. Throws
 * `invalid` where the checkout cannot be packaged, `unavailable` without credentials.
 */
export async function examine(
  stage: string,
  listed: string[],
  { env, ask }: { env: NodeJS.ProcessEnv; ask: Ask },
): Promise<Finding[]> {
  const checkout = await packageCheckout(stage, env);
  const { stack, region, template } = checkout;
  const { account, arn } = await callerOf(region);
  const deployed = await describeStack(new CloudFormationClient({ region }), stack);
  const lambda = new LambdaClient({ region });
  return [
    fine(`The site file is valid, and the stage ${stage} can be packaged.`),
    fine(`AWS knows ${arn}, account ${account}, region ${region}.`),
    ...stageFindings(deployed, stage, listed),
    ...(await guardFindings({ stack, stage, region, account, template }, deployed, [])),
    ...(await certificateFindings(template)),
    ...(await quotaFindings(lambda, template, deployed?.template)),
    ...(await cdnFindings(template, deployed)),
    ...(deployed === undefined ? [] : await runningFindings(lambda, deployed.template, checkout, stage)),
    ...(deployed === undefined ? [] : await reachFindings(deployed, region, ask)),
  ];
}
