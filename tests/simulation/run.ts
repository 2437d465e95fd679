import { SABOTAGES } from "./sabotage.ts";
import { simulate } from "./simulate.ts";

const [from = 1, to = 200, name] = process.argv.slice(2);
const t = performance.now();
let bad = 0,
  steps = 0;
for (let s = Number(from); s <= Number(to); s++) {
  try {
    steps += (await simulate(s, name ? SABOTAGES[name] : undefined)).steps;
  } catch (e) {
    bad++;
    if (bad <= 5)
      console.log(
        s,
        String(e instanceof Error ? (name ? e.message.slice(0, 100) : e.stack?.slice(0, 1500)) : e),
      );
  }
}
console.log({ bad, steps, ms: performance.now() - t });
