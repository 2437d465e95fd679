import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { homeTicks } from "./home.ts";
import { idleDay } from "./idle.ts";
import { fill } from "./pages.ts";
import { computed } from "./tables.ts";

/** `npm run bill`: computes the tables of docs/scale.md and writes them there. tests/docs/scale.test.ts holds the page to them. */
const page = join(import.meta.dirname, "../../docs/scale.md");
writeFileSync(page, fill(readFileSync(page, "utf8"), computed(await idleDay(), await homeTicks())));
