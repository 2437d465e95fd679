import module from "node:module";
import "../config/thread-pool.mjs";
import "../config/compile-cache.mjs";

await import("./run.ts");
// Now, and not only at the end: a wire may run for months, and end without a word.
module.flushCompileCache?.();
