import type { Command } from "commander";
import { environmentFor } from "../../config/environment.ts";
import type { Ask } from "../../deploy/origin.ts";
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
  const findings = await examine(stage, Object.keys(aws?.stages ?? {}), {
    env: environmentFor(siteFile),
    ask: askHealth,
  });
  if (findings.some(({ level }) => level === "problem")) process.exitCode = EXIT.refused;
  if (json) return printJson({ stage, findings });
  for (const finding of findings) print(plain(lineOf(finding)));
}

async function askHealth(url: string): ReturnType<Ask> {
  const { createFetch } = await import("../../fetch/fetch.ts");
  const { codeOf } = await import("../../contract/problem.ts");
  const answer = await createFetch()(url, { limits: { maxRedirects: 0 } });
  const text = Buffer.from(await answer.bytes()).toString();
  const isRefused = answer.status === 403 && codeOf(typeOf(text)) === "not-through-cdn";
  return { status: answer.status, isRefused };
}

/** The type of a problem; empty where the text is none. */
function typeOf(text: string): string {
  try {
    return String(JSON.parse(text)?.type ?? "");
  } catch {
    return "";
  }
}
