"use strict";

/**
 * What has the wire write into a bucket: schedules, the way of messages to functions, access logs. They come when all else
 * stands, schedules last: a deploy that fails before them has written nothing, and CloudFormation can take away the buckets
 * that it has made. It cannot take away one that is not empty.
 */
const WRITERS = [
  /^AWS::(Lambda::EventSourceMapping|Logs::Delivery)$/,
  /^AWS::(Events::Rule|Scheduler::Schedule)$/,
];

/** Lets the writers of a template depend on all that does not depend on them. Changes the template. */
exports.writersLast = function writersLast({ Resources }) {
  const later = (name) => rankOf(Resources[name].Type);
  for (const name of Object.keys(Resources).filter((writer) => later(writer) >= 0)) {
    const before = Object.keys(Resources).filter(
      (other) => later(other) < later(name) && !needs(Resources, other, name),
    );
    const own = [Resources[name].DependsOn ?? []].flat();
    Resources[name].DependsOn = [...new Set([...own, ...before])].sort();
  }
};

const rankOf = (type) => WRITERS.findIndex((pattern) => pattern.test(type));

/** Whether a resource waits for another one, directly or by way of others. */
function needs(resources, name, other, seen = new Set()) {
  for (const next of exports.neededBy(resources, name)) {
    if (next === other) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    if (needs(resources, next, other, seen)) return true;
  }
  return false;
}

/** The resources that one waits for: DependsOn, Ref, Fn::GetAtt and the names in Fn::Sub. */
exports.neededBy = function neededBy(resources, name) {
  const { DependsOn = [], ...resource } = resources[name];
  const found = [DependsOn].flat();
  visit(resource, (key, value) => {
    if (key === "Ref") found.push(value);
    if (key === "Fn::GetAtt") found.push([value].flat()[0].split(".")[0]);
    if (key === "Fn::Sub")
      for (const [, target] of [value].flat()[0].matchAll(/\$\{(\w+)/g)) found.push(target);
  });
  return [...new Set(found)].filter((target) => target in resources);
};

function visit(value, see) {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    see(key, inner);
    visit(inner, see);
  }
}
