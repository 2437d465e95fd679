/** `npm run not-run`: says which checks cannot run here, and how many there are; nothing when all can. */
import { notRun } from "./needs.ts";

process.stdout.write(notRun());
