import { GetFunctionConfigurationCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Checkout } from "./checkout.ts";
import { type Finding, fine, noted, problem } from "./finding.ts";
import { MAX_NAMED } from "./limits.ts";
import { ofType, type Template } from "./template.ts";

const DEPLOY = "npm run deploy";

/** Whether the deployed template and the functions that run are those that this checkout makes. */
export async function runningFindings(
  client: LambdaClient,
  deployed: Template,
  { template, codes }: Pick<Checkout, "template" | "codes">,
  stage: string,
): Promise<Finding[]> {
  const deploy = `${DEPLOY} -- --stage ${stage}`;
  const changed = differing(deployed, template);
  const named = changed.slice(0, MAX_NAMED).join(", ") + (changed.length > MAX_NAMED ? ", …" : "");
  const findings = [
    changed.length === 0
      ? fine("The deployed template is the one that this checkout makes.")
      : noted(
          `The deployed template differs from the one that this checkout makes (${changed.length} resources: ${named}).`,
          deploy,
        ),
  ];
  for (const [name, properties] of functionsOf(deployed))
    findings.push(await functionFinding(client, name, properties, codes.get(name), deploy));
  return findings;
}

function functionsOf(template: Template) {
  return ofType(template, "AWS::Lambda::Function").map(
    ([, properties]) => [String(properties.FunctionName), properties] as const,
  );
}

async function functionFinding(
  client: LambdaClient,
  FunctionName: string,
  { MemorySize, Timeout }: Record<string, unknown>,
  code: string | undefined,
  deploy: string,
): Promise<Finding> {
  const running = await client
    .send(new GetFunctionConfigurationCommand({ FunctionName }))
    .catch((error: Error) => error);
  if (running instanceof Error)
    return problem(`The function ${FunctionName} cannot be read: ${running.message}`, deploy);
  if (running.MemorySize !== MemorySize || running.Timeout !== Timeout)
    return problem(
      `The function ${FunctionName} was changed by hand: ${running.MemorySize} MB and ${running.Timeout} s, where ${MemorySize} MB and ${Timeout} s were deployed.`,
      "aws cloudformation detect-stack-drift shows all that was changed; write what you need into the site file, and deploy",
    );
  if (running.CodeSha256 !== code)
    return noted(`The function ${FunctionName} runs other code than this checkout makes.`, deploy);
  return fine(`The function ${FunctionName} runs the code of this checkout.`);
}

/** Resources that are not the same in both, but for the time in the address of a package, and for their order. */
export function differing(a: Template, b: Template): string[] {
  const names = new Set([...Object.keys(a.Resources), ...Object.keys(b.Resources)]);
  return [...names].filter((name) => text(a.Resources[name]) !== text(b.Resources[name]));
}

/** Members in one order; the address of a package without its time. */
function text(resource: unknown): string {
  const sorted = JSON.stringify({ ...(resource as object), DependsOn: undefined }, (_, inner) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([x], [y]) => (x < y ? -1 : 1)))
      : inner,
  );
  return String(sorted).replaceAll(/serverless\/flashwire\/[^"]*\//g, "");
}
