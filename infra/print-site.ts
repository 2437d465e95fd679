import { readSiteFile } from "../src/config/environment.ts";
import { loadSiteFile } from "../src/config/site-file.ts";
import { wrongStage } from "../src/core/site-aws.ts";
import { fromSite } from "./from-site.ts";

/** `node infra/print-site.ts STAGE REGION`: prints what the template takes from the site file for this stage. */
async function main(stage: string, region?: string): Promise<void> {
  const wrong = wrongStage(stage);
  if (wrong !== undefined) throw new Error(wrong);
  const siteFile = await loadSiteFile(readSiteFile());
  console.log(JSON.stringify(fromSite(siteFile.at("https://example.org"), stage, region)));
}

await main(process.argv[2] ?? "dev", process.argv[3]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
