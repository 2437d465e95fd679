"use strict";

const runNode = require("./run-node.cjs");

/** What the Serverless CLI does besides its own steps, whichever way it is started. */
module.exports = class Flashwire {
  constructor() {
    this.hooks = {
      "before:package:cleanup": bundle,
      "before:deploy:function:initialize": bundle,
    };
  }
};

const bundle = () => runNode("scripts/bundle.ts", [], { shown: true });
