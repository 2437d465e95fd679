import type { Json, Template } from "./template.ts";

/**
 * What CloudFormation puts in the place of a reference to a secret of the template:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html. The look-alike of AWS
 * leaves such references as they are. The values are the same for the same secret, and known to nobody but this file.
 */
export function resolved({ Resources }: Template, value: Json): string {
  const text: string = value?.["Fn::Sub"] ?? value;
  if (typeof text !== "string") throw new Error(`No secret: ${JSON.stringify(value)}`);
  return text.replace(/\{\{resolve:secretsmanager:\$\{(\w+)\}:SecretString\}\}/g, (_, name: string) => {
    const { Type, Properties } = Resources[name] ?? {};
    if (Type !== "AWS::SecretsManager::Secret") throw new Error(`${name} is no secret.`);
    return `value-of-${name}`.padEnd(Properties.GenerateSecretString.PasswordLength, "0");
  });
}

/** The headers that the distribution adds for an origin, in the place of those that the viewer sent. */
export function originHeaders(
  template: Template,
  { OriginCustomHeaders: own = [] }: Json,
): [string, string][] {
  if (!Array.isArray(own)) return [];
  return own.map(({ HeaderName, HeaderValue }: Json) => [
    HeaderName.toLowerCase(),
    resolved(template, HeaderValue),
  ]);
}
