import { readSiteFile } from "../src/config/environment.ts";
import { loadSiteFile } from "../src/config/site-file.ts";
import { fromSite } from "./from-site.ts";

/** `node infra/print-site.ts STAGE`: prints what the template takes from the site file for this stage. */
async function main(stage: string): Promise<void> {
  const siteFile = await loadSiteFile(readSiteFile());
  console.log(JSON.stringify(fromSite(siteFile.at("https://example.org"), stage)));
}

await main(process.argv[2] ?? "dev").catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
