import type { Template } from "./privileges.ts";

/** All that stands before CloudFormation begins to make a resource. */
export function before(template: Template, name: string): Set<string> {
  const found = new Set<string>();
  const open = [name];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const needed of named(template, next)) {
      if (needed === name || found.has(needed)) continue;
      found.add(needed);
      open.push(needed);
    }
  }
  return found;
}

/** The resources that a resource names in a way that makes CloudFormation wait for them. */
function named({ Resources }: Template, name: string): string[] {
  const text = JSON.stringify(Resources[name]);
  const references = [
    ...text.matchAll(/\{"Ref":"(\w+)"\}/g),
    ...text.matchAll(/"Fn::GetAtt":\["(\w+)"/g),
    ...[...text.matchAll(/"Fn::Sub":("(?:[^"\\]|\\.)*")/g)].flatMap(([, sub = ""]) => [
      ...sub.matchAll(/\$\{(\w+)[.}]/g),
    ]),
  ].map(([, target = ""]) => target);
  const { DependsOn = [] } = Resources[name] as { DependsOn?: string | string[] };
  return [...references, ...[DependsOn].flat()].filter((target) => target in Resources);
}
