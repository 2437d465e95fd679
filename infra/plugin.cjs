"use strict";

const { writersLast } = require("./order.cjs");
const runNode = require("./run-node.cjs");

/** What the Serverless CLI does besides its own steps, whichever way it is started. */
module.exports = class Flashwire {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      "before:package:cleanup": bundle,
      "before:deploy:function:initialize": bundle,
      "after:aws:package:finalize:mergeCustomProviderResources": () => writersLast(this.template),
    };
  }

  get template() {
    return this.serverless.service.provider.compiledCloudFormationTemplate;
  }
};

const bundle = () => runNode("scripts/bundle.ts", [], { shown: true });
