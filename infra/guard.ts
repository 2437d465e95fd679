import { readDrop, readSiteFile } from "../src/config/environment.ts";
import { loadSiteFile } from "../src/config/site-file.ts";
import { lineOf } from "../src/deploy/finding.ts";
import { afterFailure, beforeDeploy, type Deploy, prepareStack } from "../src/deploy/guard.ts";

/**
 * `node infra/guard.ts before|prepare|failed`: the steps of infra/plugin.cjs that ask AWS. The deploy comes as JSON on standard
 * input; findings go to standard error. Ends with 1 where the deploy must not go on.
 */
const STEPS: Record<string, (deploy: Deploy) => Promise<boolean>> = {
  async before(deploy) {
    const findings = await beforeDeploy(deploy, readDrop());
    for (const finding of findings) if (finding.level !== "fine") console.error(lineOf(finding));
    return findings.every(({ level }) => level !== "problem");
  },
  async prepare(deploy) {
    for (const name of await prepareStack(deploy))
      console.error(`The stack has taken in the bucket ${name}.`);
    return true;
  },
  async failed(deploy) {
    for (const finding of await afterFailure(deploy)) console.error(lineOf(finding));
    return true;
  },
};

async function main(step = ""): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const { aws } = (await loadSiteFile(readSiteFile())).at("https://example.org");
  const listed = Object.keys(aws?.stages ?? {});
  const goesOn = await STEPS[step]?.({ ...JSON.parse(Buffer.concat(chunks).toString()), listed });
  if (goesOn !== true) process.exitCode = 1;
}

await main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
