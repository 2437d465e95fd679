import { type Finding, problem } from "./finding.ts";
import { ofType, type Template, textsOf } from "./template.ts";

/** Settings whose loss nobody sees at once: readers lose the address, or nobody is told of alarms. */
export type Droppable = "domain" | "alarmEmail";

const SUBSCRIPTION = "AWS::SNS::Subscription";

/**
 * What a deploy would take away from a stage without a word. `allowed` names the settings that FLASHWIRE_DROP lets go.
 */
export function dropFindings(
  deployed: Template,
  wanted: Template,
  stage: string,
  allowed: Droppable[],
): Finding[] {
  const lost = (setting: Droppable, valuesOf: (template: Template) => string[]) => {
    const kept = new Set(valuesOf(wanted));
    const values = allowed.includes(setting) ? [] : valuesOf(deployed).filter((value) => !kept.has(value));
    return [...new Set(values)].map((value) => dropped(setting, value, stage));
  };
  return [
    ...lost("domain", domainsOf),
    ...lost("alarmEmail", addressesOf),
    ...movedAddresses(deployed, wanted),
  ];
}

function dropped(setting: Droppable, value: string, stage: string): Finding {
  const what =
    setting === "domain"
      ? `The stage ${stage} is read at ${value}, and this deploy takes that domain away.`
      : `Alarms of the stage ${stage} go to ${value} by mail, and this deploy ends that.`;
  const keep = `write it into the site file (aws.stages.${stage}.${setting})`;
  return problem(
    what,
    `${keep}, or, if you mean it: FLASHWIRE_DROP=${setting} npm run deploy -- --stage ${stage}`,
  );
}

function domainsOf(template: Template): string[] {
  return ofType(template, "AWS::CloudFront::Distribution").flatMap(([, { DistributionConfig }]) =>
    textsOf((DistributionConfig as { Aliases?: unknown } | undefined)?.Aliases),
  );
}

function addressesOf(template: Template): string[] {
  return ofType(template, SUBSCRIPTION).flatMap(([, { Endpoint }]) => textsOf(Endpoint));
}

/**
 * An address whose subscription gets another name, as that of version 0.1.0 does: AWS would answer the second subscription
 * with the first, and CloudFormation would then end the first.
 */
function movedAddresses(deployed: Template, wanted: Template): Finding[] {
  const before = new Map(
    ofType(deployed, SUBSCRIPTION).map(([id, { Endpoint, TopicArn }]) => [keyOf(Endpoint, TopicArn), id]),
  );
  return ofType(wanted, SUBSCRIPTION).flatMap(([id, { Endpoint, TopicArn }]) => {
    const other = before.get(keyOf(Endpoint, TopicArn));
    if (other === undefined || other === id) return [];
    const what = `The subscription of ${Endpoint} was made by an earlier version under another name, and this deploy would end it.`;
    return [
      problem(
        what,
        "deploy once without alarmEmail and with FLASHWIRE_DROP=alarmEmail, then with alarmEmail again",
      ),
    ];
  });
}

const keyOf = (...parts: unknown[]) => JSON.stringify(parts);
