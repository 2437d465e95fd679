import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Answers what is wrong with these documents, in the words of xmllint; nothing when all is right. */
export function checkXml(documents: Uint8Array[], options: string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-schemas-"));
  try {
    const files = documents.map((document, i) => {
      const file = join(folder, `${i}.xml`);
      writeFileSync(file, document);
      return file;
    });
    execFileSync("xmllint", ["--noout", "--nonet", ...options, ...files], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    return "";
  } catch (error) {
    const { stderr, code } = error as { stderr?: Buffer; code?: string };
    if (code === "ENOENT") return "xmllint is not installed (Debian: libxml2-utils).";
    return stderr === undefined ? String(error) : problemLines(stderr.toString());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function problemLines(output: string): string {
  return output
    .split("\n")
    .filter((line) => !line.endsWith(" validates"))
    .slice(0, 20)
    .join("\n");
}
