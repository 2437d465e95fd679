import type { Command } from "commander";
import { environmentFor } from "../../config/environment.ts";
import { examples, optionsOf, siteFileOf } from "../command.ts";
import { EXIT, plain, print, printJson } from "../output/print.ts";

type DoctorOptions = { stage: string };

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .option("--stage <name>", "the stage to look at", "dev")
    .summary("what will make a deploy fail, and whether what runs is what was deployed")
    .description(
      "Packages this checkout for a stage and looks at AWS, with the credentials and the AWS_REGION of a deploy: " +
        "the state of the stack, names of buckets, the certificate, quotas, and what runs. A line for each finding: what, " +
        "and what to type. Changes nothing. Exits with 1 when a deploy would fail, with 3 when AWS takes no credentials.",
    )
    .addHelpText("after", examples("doctor", "doctor --stage prod --json"))
    .action(run);
}

async function run(_options: object, command: Command): Promise<void> {
  const { stage, json } = optionsOf<DoctorOptions>(command);
  const { examine } = await import("../../deploy/doctor.ts");
  const { lineOf } = await import("../../deploy/finding.ts");
  const { loadSiteFile } = await import("../../config/site-file.ts");
  const siteFile = siteFileOf(command);
  const { aws } = (await loadSiteFile(siteFile)).at("https://example.org");
  const findings = await examine(stage, Object.keys(aws?.stages ?? {}), environmentFor(siteFile));
  if (findings.some(({ level }) => level === "problem")) process.exitCode = EXIT.refused;
  if (json) return printJson({ stage, findings });
  for (const finding of findings) print(plain(lineOf(finding)));
}
