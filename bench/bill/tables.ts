import { billTable, money, sumOf, table } from "./bill.ts";
import { breaksTable } from "./breaks.ts";
import { type HomeTicks, homeTable } from "./home.ts";
import { type IdleDay, idleBill, switches } from "./idle.ts";
import { logTable } from "./log.ts";
import { AGENCY, auditRound, DESK, flashHour, newsroomBill } from "./newsrooms.ts";
import { million, PLANS, PRICES, type Price } from "./prices.ts";
import { HUGE, MANY, onlyRssCompressed, planSentence, readersBill, traffic } from "./readers.ts";

/** The parts of docs/scale.md that are computed, by the names of their places. */
export function computed(day: IdleDay, home: HomeTicks[]): Record<string, string> {
  return {
    prices: pricesTable(),
    plans: plansTable(),
    idle: billTable(idleBill(day), "together"),
    home: homeTable(home),
    switches: table(["what a stage may have besides", "$ a month"], switches()),
    desk: billTable(newsroomBill(DESK), "together, without delivery"),
    agency: billTable(newsroomBill(AGENCY), "together, without delivery"),
    audit: `A round of the audit costs $${money(roundCost(DESK))} in the newsroom with 60 feeds and $${money(roundCost(AGENCY))} in the one with 2,000; the archive makes it grow.`,
    flash: `The hour's requests to S3 cost $${flashHour().toFixed(2)}.`,
    many: billTable(readersBill(MANY), "together"),
    "many-plan": `${planSentence(MANY)} If the edge compressed RSS alone, the data would cost $${money(onlyRssCompressed(MANY))}.`,
    huge: billTable(readersBill(HUGE), "together, at list prices that are negotiable at this size"),
    "huge-plan": `${planSentence(HUGE)} That is ${traffic(HUGE).aSecond.toLocaleString("en-US", { maximumFractionDigits: 0 })} requests and ${traffic(HUGE).gigabits.toFixed(0)} Gbit a second on average.`,
    log: logTable(),
    breaks: breaksTable(),
  };
}

/** The idle bill in dollars, for the sentence of the README and the limit of the test. */
export const idleDollars = (day: IdleDay) => sumOf(idleBill(day)) as number;

function roundCost(newsroom: typeof DESK): number {
  const { gets, lists } = auditRound(newsroom);
  return million("get", gets) + million("put", lists);
}

function pricesTable(): string {
  const row = ({ what, dollars, cited }: Price) => {
    const number = [dollars].flat().join(", ");
    return cited === undefined ? [what, number, "assumption", ""] : [what, number, "cited", cited.join(", ")];
  };
  return table(["what", "$", "state", "page and its date"], Object.values(PRICES).map(row));
}

function plansTable(): string {
  const rows = PLANS.map(({ name, dollars, requests, tb }) => [
    name,
    dollars.toLocaleString("en-US"),
    (requests / 1e6).toLocaleString("en-US"),
    String(tb),
  ]);
  return table(["plan", "$ a month", "million requests", "TB"], rows);
}
