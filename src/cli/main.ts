#!/usr/bin/env node
import module from "node:module";
import { join } from "node:path";

/*
 * Node keeps what it compiled, so that the next start takes less than half the time. It looks for that while it loads a module,
 * so the rest of the program is loaded behind this call. Where the folder cannot be written, Node starts as slowly as before.
 */
module.enableCompileCache?.(join(import.meta.dirname, "../../node_modules/.cache/flashwire"));
await import("./program.ts");
