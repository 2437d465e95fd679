import module from "node:module";
import { join } from "node:path";

/*
 * The first import of each entry point. For a module in TypeScript Node has to load its compiler, which takes 40 ms and 15 MB, unless it
 * finds the module among those that it compiled before. Node keeps those, and looks for them behind this call, in the thread that makes
 * it: so an entry point is JavaScript, and loads the rest by import(). Where the folder cannot be written, Node starts as slowly as before.
 */
module.enableCompileCache?.(join(import.meta.dirname, "../../node_modules/.cache/flashwire"));
