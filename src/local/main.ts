import module from "node:module";
import { join } from "node:path";

// As in src/cli/main.mjs: what this call keeps makes the next start faster, so the wire is loaded behind it.
module.enableCompileCache?.(join(import.meta.dirname, "../../node_modules/.cache/flashwire"));
await import("./run.ts");
// Now, and not only at the end: a wire may run for months, and end without a word.
module.flushCompileCache?.();
