import module from "node:module";
import "../../config/compile-cache.mjs";

await import("./reader.ts");
// Now, because the thread is ended from outside.
module.flushCompileCache?.();
