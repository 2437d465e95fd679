import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alarms } from "../../infra/alarms.ts";
import { originSecret } from "../../infra/origin-secret.ts";
import { million, PRICES } from "./prices.ts";

/** A line of a bill: what it is for, how it comes about, dollars a month; two where it depends. */
export type Line = { what: string; how: string; dollars: number | [number, number] };

/** A month has 30 days here. */
export const DAYS = 30;
export const TICKS = DAYS * 1_440;

/** Queues that call a function, as the template has them. */
const QUEUES =
  readFileSync(join(import.meta.dirname, "../../serverless.yml"), "utf8").match(/- sqs:/g)?.length ?? 0;

/** Lambda long-polls a queue for 20 s with five pollers. */
const POLLS_OF_QUEUES = QUEUES * 5 * 3 * TICKS;

/** Assumed: what a tick takes that has nothing to do. */
export const IDLE_SECONDS = 0.1;

/** Metrics that functions send where the stage asks for nothing; tests/functions/metrics.test.ts counts them. */
export const OWN_METRICS = 5;

/** Metrics that the alarms of a stage look at. */
export function alarmMetrics(isDetailed: boolean): number {
  const resources = Object.values(alarms("prod", isDetailed));
  return resources.reduce((sum, { Properties }) => {
    const { Metrics } = Properties as { Metrics?: { MetricStat?: object }[] };
    return sum + (Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1);
  }, 0);
}

export const lambda = (gbSeconds: number, calls: number) =>
  gbSeconds * PRICES.gbSecond.dollars + million("call", calls);

export const queues = (messages: number): Line => ({
  what: "SQS",
  how: `${amount(POLLS_OF_QUEUES)} looks of [five pollers](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html) at ${QUEUES} queues every 20 s${messages > 0 ? `; ${amount(messages)} messages sent, received and deleted` : ""}`,
  dollars: million("queue", POLLS_OF_QUEUES + 3 * messages),
});

export const alarmsLine = (): Line => ({
  what: "CloudWatch, alarms",
  how: `${Object.keys(alarms("prod", false)).length} alarms, which look at ${alarmMetrics(false)} metrics`,
  dollars: alarmMetrics(false) * PRICES.alarm.dollars,
});

/** How many secrets a stage has that says nothing of them. */
const SECRETS = Object.keys(originSecret({}, "prod").originSecrets.Resources).length;

export const secretLine = (): Line => ({
  what: "Secrets Manager",
  how: `${SECRETS} secret, which CloudFront shows to the API`,
  dollars: SECRETS * PRICES.secret.dollars,
});

const low = ({ dollars }: Line) => (typeof dollars === "number" ? dollars : dollars[0]);
const high = ({ dollars }: Line) => (typeof dollars === "number" ? dollars : dollars[1]);

export function sumOf(lines: Line[]): number | [number, number] {
  const [from, to] = [low, high].map((of) => lines.reduce((sum, line) => sum + of(line), 0)) as [
    number,
    number,
  ];
  return from === to ? from : [from, to];
}

/** Dollars as people read them: three digits at the most, cents only of small sums. */
export function money(dollars: number | [number, number]): string {
  if (typeof dollars !== "number") {
    const [from, to] = dollars.map((one) => money(one));
    return from === to ? (from as string) : `${from}–${to}`;
  }
  if (dollars < 10) return dollars.toFixed(2);
  return Number(dollars.toPrecision(dollars < 100 ? 2 : 3)).toLocaleString("en-US");
}

/** 1,200; 44,000; 2.3 M. Three digits at the most. */
export function amount(count: number): string {
  const rounded = Number(count.toPrecision(3));
  return rounded >= 1e6
    ? `${Number((rounded / 1e6).toPrecision(3)).toLocaleString("en-US")} M`
    : rounded.toLocaleString("en-US");
}

export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

export function billTable(lines: Line[], together: string): string {
  const rows = lines.map(({ what, how, dollars }) => [what, how, money(dollars)]);
  return table(["a month", "", "$"], [...rows, [`**${together}**`, "", `**${money(sumOf(lines))}**`]]);
}
