#!/usr/bin/env node
import module from "node:module";
import { join } from "node:path";

/*
 * This module is JavaScript: for a module in TypeScript Node has to load its compiler, which takes 40 ms, unless it finds the module
 * among those that it compiled before. Node keeps those, and looks for them behind this call; so the rest of the program is loaded
 * behind it. Where the folder cannot be written, Node starts as slowly as before.
 */
module.enableCompileCache?.(join(import.meta.dirname, "../../node_modules/.cache/flashwire"));
await import("./program.ts");
