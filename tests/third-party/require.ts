/*
 * Ends with 1 and says what is missing where one of the checks against third parties cannot run:
 *
 *   node tests/third-party/require.ts test:s3
 */
import { missingFor, type ThirdPartyScript } from "./needs.ts";

const problem = missingFor(process.argv[2] as ThirdPartyScript);
if (problem !== undefined) {
  console.error(problem);
  process.exitCode = 1;
}
