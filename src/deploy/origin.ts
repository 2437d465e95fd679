import { type Finding, fine, orUnknown, problem } from "./finding.ts";
import type { DeployedStack } from "./stack.ts";
import { ofType, type Template } from "./template.ts";

/** The numbers of the secrets that the CDN shows to the API: infra/origin-secret.ts names them so. */
function numbersIn(template: Template): number[] {
  return ofType(template, "AWS::SecretsManager::Secret").flatMap(([id]) => {
    const [, number] = /^FlashwireOriginSecret(\d+)$/.exec(id) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

/**
 * Whether the API would refuse requests while this deploy is under way: the CDN sends the new secrets some minutes before the
 * function knows them, so one of the old ones has to be among them.
 */
export function secretFindings(deployed: Template, wanted: Template, stage: string): Finding[] {
  const [before, after] = [numbersIn(deployed), numbersIn(wanted)];
  if (before.length === 0 || after.length === 0 || after.some((number) => before.includes(number))) return [];
  const both = `[${before.at(-1)}, ${after.at(-1)}]`;
  return [
    problem(
      `This deploy replaces every secret between CDN and API at once: the API would refuse requests for some minutes.`,
      `deploy with originSecrets: ${both} (aws.stages.${stage}) first, then without the ${before.at(-1)}`,
    ),
  ];
}

/** Asks an address as anybody does. `isRefused`: the answer is that of the API to what did not come through the CDN. */
export type Ask = (url: string) => Promise<{ status: number; isRefused: boolean }>;

/** Whether the API answers what comes through the CDN of the stage, and refuses what does not. Two GET of /healthz. */
export async function reachFindings(
  { template, resources, url }: DeployedStack,
  region: string,
  ask: Ask,
): Promise<Finding[]> {
  const api = resources.find(({ id }) => id === "HttpApi")?.name;
  if (url === undefined || api === undefined || numbersIn(template).length === 0) return [];
  const own = `https://${api}.execute-api.${region}.amazonaws.com`;
  return [
    ...(await orUnknown(url, async () => [throughCdn(url, await ask(`${url}/healthz`))])),
    ...(await orUnknown(own, async () => [pastCdn(own, await ask(`${own}/healthz`))])),
  ];
}

function throughCdn(url: string, { status, isRefused }: Awaited<ReturnType<Ask>>): Finding {
  if (!isRefused) return fine(`The API answers through ${url} (${status}).`);
  return problem(
    `The API refuses what comes through ${url}: the secrets of the CDN and of the function differ. Somebody changed a value.`,
    "add a new number to originSecrets in the site file, and deploy; docs/operations.md, The API's own address",
  );
}

function pastCdn(own: string, { status, isRefused }: Awaited<ReturnType<Ask>>): Finding {
  if (isRefused) return fine("The API refuses what does not come through the CDN.");
  return problem(
    `The API answers ${status} at its own address, ${own}, past the CDN.`,
    "aws cloudformation detect-stack-drift shows what was changed by hand; deploy again",
  );
}
