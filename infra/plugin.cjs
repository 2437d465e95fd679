"use strict";

const { warningOf } = require("./alarm-address.cjs");
const { writersLast } = require("./order.cjs");
const runNode = require("./run-node.cjs");

/** The steps that Flashwire adds to a deploy by the Serverless CLI, however that is started. */
module.exports = class Flashwire {
  constructor(serverless, options) {
    this.serverless = serverless;
    this.options = options;
    this.hooks = {
      "before:package:cleanup": () => this.run("scripts/bundle.ts"),
      "before:deploy:function:initialize": () => this.run("scripts/bundle.ts"),
      "after:aws:package:finalize:mergeCustomProviderResources": () => writersLast(this.template),
      "before:deploy:deploy": () => this.guard("before"),
      "before:aws:deploy:deploy:createStack": () => this.guard("prepare"),
      error: () => this.explain(),
      // After all output of the CLI, because an operator reads the last lines.
      finalize: () => this.warn(),
    };
  }

  get template() {
    return this.serverless.service.provider.compiledCloudFormationTemplate;
  }

  warn() {
    if (this.serverless.processedInput.commands.join(" ") !== "deploy") return;
    const lines = warningOf(this.template, this.serverless.getProvider("aws").getStage());
    if (lines.length > 0) process.stderr.write(`${lines.join("\n")}\n`);
  }

  /** Runs a step of infra/guard.ts with what is to be deployed. */
  async guard(step) {
    const provider = this.serverless.getProvider("aws");
    const { template } = this;
    if (step === "prepare") this.since = new Date().toISOString();
    const deploy = {
      since: this.since,
      stack: provider.naming.getStackName(),
      stage: provider.getStage(),
      region: provider.getRegion(),
      template,
    };
    await this.run("infra/guard.ts", [step], {
      input: JSON.stringify(deploy),
      env: this.environment(provider),
    });
  }

  /** After a deploy that failed at AWS: which resource it was, and what to do about it. */
  async explain() {
    if (this.since !== undefined) await this.guard("failed").catch(() => {});
  }

  environment(provider) {
    const profile = this.options["aws-profile"] ?? this.serverless.service.provider.profile;
    return { AWS_REGION: provider.getRegion(), ...(profile ? { AWS_PROFILE: profile } : {}) };
  }

  /** The terminal has seen what a step says; the CLI adds a sentence, and no stack trace. */
  async run(script, args = [], options = {}) {
    const { Error: ServerlessError = Error } = this.serverless.classes ?? {};
    await runNode(script, args, { ...options, shown: true }).catch(() => {
      throw new ServerlessError("Flashwire has stopped here; the lines above say why, and what to type.");
    });
  }
};
