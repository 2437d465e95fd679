import { type Finding, fine, noted, problem } from "./finding.ts";
import { MAX_NAMED } from "./limits.ts";
import type { DeployedStack } from "./stack.ts";

type Named = { stack: string; region: string };

/** States out of which a stack leads nowhere but to its deletion, and in which it holds nothing: a deploy removes it itself. */
const EMPTY = ["ROLLBACK_COMPLETE"];

/**
 * What the state of a stack means for a deploy, and the way out of a state that CloudFormation cannot deploy from:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
 */
export function stateFinding(deployed: DeployedStack | undefined, { stack, region }: Named): Finding {
  if (deployed === undefined) return fine(`There is no stack ${stack} in ${region} yet.`);
  const { status } = deployed;
  const what = `The stack ${stack} is in the state ${status}.`;
  if (isEmptyRemains(deployed))
    return noted(
      `${what} Its first deploy failed, and it holds nothing.`,
      "the next deploy removes it first",
    );
  const todo = wayOut(deployed, `--stack-name ${stack} --region ${region}`);
  if (todo !== undefined) return problem(what, `${todo}; then deploy again`);
  return fine(what);
}

/** A first deploy of a stage that the site file does not list, beside others: a name that is misspelt makes a stage of its own. */
export function stageFindings(
  deployed: DeployedStack | undefined,
  stage: string,
  listed: string[],
): Finding[] {
  if (deployed !== undefined || listed.length === 0 || listed.includes(stage)) return [];
  const what = `The site file has settings for ${listed.join(", ")}, and none for ${stage}, which is new.`;
  return [noted(what, `it gets those for every stage; --stage ${listed[0]} is another one`)];
}

export function isEmptyRemains({ status }: DeployedStack): boolean {
  return EMPTY.includes(status);
}

function wayOut({ status, resources }: DeployedStack, where: string): string | undefined {
  const wait = (what: string) => ` && aws cloudformation wait ${what} ${where}`;
  const failed = resources.filter((one) => one.status.endsWith("_FAILED")).map(({ id }) => id);
  const named = failed.slice(0, MAX_NAMED).join(" ");
  const remove = `aws cloudformation delete-stack ${where}`;
  if (status === "REVIEW_IN_PROGRESS" || status === "CREATE_FAILED" || status === "ROLLBACK_FAILED")
    return `${remove}${wait("stack-delete-complete")} (buckets with records stay, and the deploy takes them in again)`;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-delete-stack-fails
  if (status === "DELETE_FAILED")
    return `${remove}${named && ` --retain-resources ${named}`}${wait("stack-delete-complete")}`;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
  if (status === "UPDATE_ROLLBACK_FAILED")
    return `mend what the events of the stack name${named && ` (${named})`}, then aws cloudformation continue-update-rollback ${where}${wait("stack-rollback-complete")}`;
  if (status.endsWith("_IN_PROGRESS")) return "wait until the other deploy has ended";
  if (status.endsWith("_FAILED")) return `aws cloudformation describe-stack-events ${where} says what failed`;
  return undefined;
}
