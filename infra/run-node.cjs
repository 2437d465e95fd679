"use strict";

const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const ROOT = join(__dirname, "..");

/**
 * Lets the Node of this checkout run a TypeScript file; the Serverless CLI may run on an older one. Answers what the file prints,
 * and throws what it says on standard error where it fails.
 * @param {string} script its path in the checkout
 * @param {string[]} args
 * @param {{ input?: string, env?: object, shown?: boolean }} options what it reads on standard input, variables besides those
 *   of this process, and whether the terminal shows what it says
 */
module.exports = function runNode(script, args, { input = "", env = {}, shown = false } = {}) {
  const node = join(ROOT, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(node))
    return Promise.reject(new Error("The packages of this checkout are missing: run `npm ci`."));
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(ROOT, script), ...args], { cwd: ROOT, env: { ...process.env, ...env } });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"])
      child[stream].setEncoding("utf8").on("data", (text) => {
        said[stream] += text;
        if (shown) process.stderr.write(text);
      });
    child.stdin.on("error", () => {}).end(input);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(said.stdout);
      else reject(new Error(said.stderr.trim() || `${script} ended with ${code}.`));
    });
  });
};
