import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { FlashwireError } from "../core/errors.ts";
import { ofType, type Template } from "./template.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What this checkout deploys to a stage; `codes` has the SHA-256 of each function's zip in Base64, by the function's name. */
export type Checkout = { stack: string; region: string; template: Template; codes: Map<string, string> };

/**
 * Packages this checkout for a stage, as a deploy does, and uploads nothing. `env`: the variables of that process. Throws
 * `invalid` with what the packaging says.
 */
export async function packageCheckout(stage: string, env: NodeJS.ProcessEnv): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), "flashwire-doctor-"));
  try {
    const osls = join(ROOT, "node_modules", "osls", "bin", "serverless.js");
    const args = [osls, "package", "--package", folder, "--stage", stage];
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env }).catch(({ stdout, stderr }) => {
      throw new FlashwireError("invalid", `This checkout cannot be packaged.\n${stderr || stdout}`.trim());
    });
    return await read(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function read(folder: string): Promise<Checkout> {
  const json = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));
  const { service } = await json("serverless-state.json");
  const template: Template = await json("cloudformation-template-update-stack.json");
  const codes = new Map<string, string>();
  for (const [, { FunctionName, Code }] of ofType(template, "AWS::Lambda::Function")) {
    const zip = await readFile(join(folder, basename((Code as { S3Key: string }).S3Key)));
    codes.set(String(FunctionName), createHash("sha256").update(zip).digest("base64"));
  }
  const { region, stage } = service.provider;
  return { stack: `${service.service}-${stage}`, region, template, codes };
}
