"use strict";

/*
 * What serverless.yml and the files beside it take from the site file, for the stage at hand. The Serverless CLI calls the
 * function for each `${file(./infra/site.cjs):…}` and may run on a Node without TypeScript, so infra/print-site.ts is run
 * by the Node of this checkout, once.
 */
const runNode = require("./run-node.cjs");

let made;

module.exports = async ({ options, resolveConfigurationProperty, resolveVariable }) => {
  made ??= make(options, resolveConfigurationProperty, resolveVariable).catch(stop);
  return made;
};

async function make({ param }, resolveConfigurationProperty, resolveVariable) {
  refuseParams([param ?? []].flat(), await resolveConfigurationProperty(["params"]));
  const stage = await resolveVariable("self:provider.stage");
  const region = await resolveVariable("self:provider.region");
  const site = JSON.parse(await runNode("infra/print-site.ts", [stage, region]));
  for (const notice of site.notices) process.stderr.write(`\n${notice}\n`);
  return site;
}

/** A misspelt parameter would change nothing, a forgotten one would take the domain away. */
function refuseParams(given, params) {
  if (given.length === 0 && params == null) return;
  const what = given.length > 0 ? `--param ${given[0]}` : "params in serverless.yml";
  throw new Error(
    `Flashwire takes no parameters (${what}). The settings of a stage stand in the site file, flashwire.config.ts: ` +
      'aws: { stages: { prod: { domain: "wire.example.org", … } } }. docs/operations.md, "Settings of a stage", lists them.',
  );
}

/** The CLI would say the same thing once for each place that takes something, with a stack trace. */
function stop(error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exit(1);
}
