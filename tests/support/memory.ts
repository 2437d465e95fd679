import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const collectGarbage: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
})();

/** Bytes that this process can still reach: without garbage, whose amount says nothing. */
export function liveBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
