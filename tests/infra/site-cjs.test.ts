import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..", "..");

/** What infra/site.cjs says and does as the Serverless CLI calls it: the output of its process, or what it says as it stops. */
function called(options: object, params?: object): string {
  const script = `
    const variables = { "self:provider.stage": "dev", "self:provider.region": "eu-central-1" };
    require("./infra/site.cjs")({
      options: ${JSON.stringify(options)},
      resolveConfigurationProperty: async () => (${JSON.stringify(params ?? null)}),
      resolveVariable: async (name) => ({ ...variables, ...${JSON.stringify(options)} })[name],
    }).then((site) => console.log(site.publicUrl));`;
  try {
    return execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    return (error as { stderr: string }).stderr;
  }
}

test("when a deploy has a parameter, it stops with one sentence that says where settings stand now", () => {
  for (const said of [
    called({ param: ["domain=wire.example.org"] }),
    called({}, { prod: { domain: "x" } }),
  ]) {
    expect(said).toMatch(
      /^\nFlashwire takes no parameters \(.+\)\. The settings of a stage stand in the site file/,
    );
    expect(said).not.toMatch(/^ {4}at /m);
  }
});

test("when the name of the stage does not fit into the name of a bucket, it stops and says what a stage is", () => {
  expect(called({ "self:provider.stage": "Production" })).toBe(
    "\n--stage Production: must be a stage: 1 to 16 lower-case letters, digits and hyphens\n",
  );
});
