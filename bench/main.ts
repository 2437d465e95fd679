import { cpus, loadavg } from "node:os";
import { consumersBench } from "./consumers.ts";
import { importsBench } from "./imports.ts";
import { ingestBench } from "./ingest.ts";
import { lambdaBench } from "./lambda.ts";
import { readsBench } from "./reads.ts";
import { rebuildBench } from "./rebuild.ts";
import { renderBench } from "./render.ts";
import { requestsBench } from "./requests.ts";
import { forgetPeak, peakMegabytes, printRows, progress, type Row } from "./support.ts";
import { toldBench } from "./told.ts";

/** `npm run bench`, or `npm run bench -- render requests` for some of it. */
const BENCHES: Record<string, () => Promise<Row[]>> = {
  render: renderBench,
  requests: requestsBench,
  ingest: ingestBench,
  told: toldBench,
  rebuild: rebuildBench,
  reads: readsBench,
  consumers: consumersBench,
  imports: importsBench,
  lambda: lambdaBench,
};

/** From this load of the last minute on, other programs take a visible part of one core. */
const BUSY = 0.5;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(", ")}: the benches are ${Object.keys(BENCHES).join(", ")}.`,
  );
  process.exit(2);
}
const [load = 0] = loadavg();
const rows: Row[] = [];
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  progress(name);
  forgetPeak();
  const told = await bench();
  const peak = peakMegabytes();
  rows.push(...told.map((row) => ({ peak, ...row })));
}
console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}\n`,
);
console.log(
  load < BUSY
    ? `The machine was quiet at the start (load ${load.toFixed(2)}).\n`
    : `THE MACHINE WAS BUSY at the start (load ${load.toFixed(2)}): believe ratios of one row at most.\n`,
);
printRows(rows);
