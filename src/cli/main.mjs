#!/usr/bin/env node
import "../config/compile-cache.mjs";

await import("./program.ts");
