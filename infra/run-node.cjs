"use strict";

const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const ROOT = join(__dirname, "..");

/** Lets the Node of this checkout run a TypeScript file; the Serverless CLI may run on an older one. Answers what it prints. */
module.exports = function runNode(script, args, { shown = false } = {}) {
  const node = join(ROOT, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node))
    return Promise.reject(new Error("The packages of this checkout are missing: run `npm ci`."));
  return new Promise((resolve, reject) => {
    const output = shown ? 2 : "pipe";
    const child = spawn(node, [join(ROOT, script), ...args], {
      cwd: ROOT,
      stdio: ["ignore", output, "pipe"],
    });
    const said = { stdout: "", stderr: "" };
    child.stdout?.setEncoding("utf8").on("data", (text) => (said.stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (said.stderr += text));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(said.stdout);
      else reject(new Error(said.stderr.trim() || `${script} ended with ${code}.`));
    });
  });
};
