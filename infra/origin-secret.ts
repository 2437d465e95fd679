import type { StageSettings } from "../src/core/site-aws.ts";
import { ORIGIN_HEADER, ORIGIN_SWITCH } from "../src/http/origin.ts";

const NOTHING = { Ref: "AWS::NoValue" };

/**
 * The secret that the CDN shows to the API. CloudFormation reads its value from Secrets Manager where a resource is made or
 * changed (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html); no template
 * and no package holds it. A changed value would reach the function with the next code, and the CDN with its next change:
 * so a secret never changes its value, and another one has another number.
 *
 * The order keeps the API from asking for what the CDN does not send yet. On: the CDN sends the secret everywhere, then the
 * function learns it, then the API's stage switches the check on. Off: the stage switches the check off, then the CDN changes.
 */
export function originSecret({ originSecrets: numbers = [1] }: StageSettings, stage: string) {
  const isOn = numbers.length > 0;
  const values = isOn ? { "Fn::Sub": numbers.map(referenceTo).join(",") } : NOTHING;
  return {
    originSecrets: { Resources: Object.fromEntries(numbers.map((n) => [nameOf(n), secret(n, stage)])) },
    originSecretValues: values,
    originHeaders: isOn ? [{ HeaderName: ORIGIN_HEADER, HeaderValue: values }] : NOTHING,
    originSwitch: { [ORIGIN_SWITCH.name]: isOn ? ORIGIN_SWITCH.checked : ORIGIN_SWITCH.open },
    originSwitchAfter: isOn ? ["Distribution", "IngestLambdaFunction"] : [],
    distributionAfter: isOn ? [] : ["HttpApiStage"],
  };
}

const nameOf = (n: number) => `FlashwireOriginSecret${n}`;
const referenceTo = (n: number) => `{{resolve:secretsmanager:\${${nameOf(n)}}:SecretString}}`;

/**
 * Without a name of our own, CloudFormation makes one of the logical id and random letters, as in
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/cfn-example_secret.html: no name is taken after a deploy that failed.
 */
const secret = (n: number, stage: string) => ({
  Type: "AWS::SecretsManager::Secret",
  Properties: {
    Description: `Number ${n} of flashwire-${stage}: what CloudFront shows to the API. Its value must not be changed by hand`,
    GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true },
  },
});
