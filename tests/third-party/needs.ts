import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/*
 * Checks against what others made. That is too large for this repository, or not ours to hand on, so it stands in a
 * folder `shared` beside the checkout, or is a program of the system.
 */

const ROOT = join(import.meta.dirname, "../..");

/** The folder in which the checkout stands. */
const BESIDE = join(ROOT, "..");

type ThirdParty = {
  /** What the checks hold the wire against. */
  what: string;
  /** What they need: a path, seen from the folder in which the checkout stands, or programs that the system has. */
  needs: string | { programs: string[] } | { library: string; unless: string };
  /** What has to be there, for somebody who does not have it. */
  contents: string;
  /** How many checks there are. The first one takes seconds: it asks the runner. */
  count(): number;
};

const MOTO =
  "a program that starts moto, a look-alike of AWS, on the port that it is given, and that answers `debs` with the " +
  "Debian packages that it needs";

/** Where Linux has the libraries of the system. */
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

/** By the npm script that runs them. */
export const THIRD_PARTY = {
  "test:schemas": {
    what: "documents against third-party schemas",
    needs: "shared/schemas",
    contents:
      "a folder with atom-rfc4287.rng (RFC 4287, appendix B), jsonfeed-sonicdoe-v1.1.json, schemastore-feed.json, and " +
      "sitemap-all.xsd with what it imports; " +
      "`npm run test:schemas -- FOLDER` takes another one",
    count: () => Number(execFileSync(process.execPath, ["tests/schemas/run.ts", "--count"], { cwd: ROOT })),
  },
  "test:s3": {
    what: "the store on a third-party S3",
    needs: "shared/moto/run",
    contents: MOTO,
    count: () => testsOf("moto"),
  },
  "test:aws": {
    what: "the deployed wire on a look-alike of AWS",
    needs: "shared/moto/run",
    contents: MOTO,
    count: () => testsOf("aws"),
  },
  "test:readers": {
    what: "the documents in a feed reader",
    needs: { programs: ["newsboat", "tmux"] },
    contents: "the Debian packages newsboat and tmux",
    count: () => testsOf("readers"),
  },
  "test:browser": {
    what: "the pages in a browser",
    needs: { library: "libnss3.so", unless: "FLASHWIRE_CHROME" },
    contents:
      "the Debian package libnss3, which Chromium from npm loads, or a Chrome whose path FLASHWIRE_CHROME names",
    count: () => testsOf("browser"),
  },
} satisfies Record<string, ThirdParty>;

export type ThirdPartyScript = keyof typeof THIRD_PARTY;

/** Why a script cannot run, what belongs where; undefined when all that it needs is there. */
export function missingFor(script: ThirdPartyScript, at?: string): string | undefined {
  const { what, needs, contents } = THIRD_PARTY[script];
  const [missing] = at === undefined ? missingOf(needs, BESIDE) : [at].filter((path) => !existsSync(path));
  if (missing === undefined) return undefined;
  return `\`npm run ${script}\` (${what}) cannot run: ${missing} is missing.\nThere has to be ${contents}.`;
}

/** One line for each script that cannot run, with the number of its checks, under a heading; empty when all can. */
export function notRun(beside = BESIDE, searched = process.env.PATH): string {
  const missing = Object.entries<ThirdParty>(THIRD_PARTY).filter(
    ([, { needs }]) => missingOf(needs, beside, searched).length > 0,
  );
  if (missing.length === 0) return "";
  const counted = missing.map(([script, { what, needs, count }]) => ({
    script,
    what,
    needs,
    count: count(),
  }));
  const sum = counted.reduce((total, { count }) => total + count, 0);
  const lines = counted.map(
    ({ script, what, needs, count }) =>
      `${String(count).padStart(7)}  ${what}: npm run ${script} needs ${wordsFor(needs)}`,
  );
  return ["", `== NOT RUN: ${sum} checks`, ...lines, ""].join("\n");
}

/** What is not there. `searched`: the folders that the system looks for programs in; another one is looked into for libraries, too. */
function missingOf(needs: ThirdParty["needs"], beside: string, searched = process.env.PATH): string[] {
  if (typeof needs === "string") return [join(beside, needs)].filter((path) => !existsSync(path));
  if ("library" in needs) {
    const { library, unless } = needs;
    const folders = searched === process.env.PATH ? LIBRARIES : [searched ?? ""];
    const isThere = process.env[unless] || folders.some((folder) => existsSync(join(folder, library)));
    return isThere ? [] : [library];
  }
  const folders = (searched ?? "").split(delimiter);
  return needs.programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
}

function wordsFor(needs: ThirdParty["needs"]): string {
  if (typeof needs === "string") return `../${needs}`;
  return "library" in needs ? needs.library : needs.programs.join(" and ");
}

/** The tests below `tests/` that `npm test` does not run, by the name of their project. */
let listed: { projectName: string }[] | undefined;

function testsOf(project: string): number {
  listed ??= listTests();
  return listed.filter(({ projectName }) => projectName === project).length;
}

function listTests(): { projectName: string }[] {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  // Nothing runs, so the files may share their modules, and Node can load them: that takes a third of the time.
  const fast = ["--no-isolate", "--experimental.viteModuleRunner=false"];
  const args = [vitest, "list", "--json", ...fast, "--config", "tests/third-party/vitest.config.ts"];
  // A vitest that runs this tells its own children so by the environment.
  const { VITEST: _, ...env } = process.env;
  return JSON.parse(execFileSync(process.execPath, args, { cwd: ROOT, env, encoding: "utf8" }));
}
