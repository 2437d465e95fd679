import { createRequire } from "node:module";
import { describe, expect, test, vi } from "vitest";
import { alarms, hubAlarms, sourceAlarms } from "../../infra/alarms.ts";
import { dashboard } from "../../infra/dashboard.ts";
import { fromSite } from "../../infra/from-site.ts";
import { anchorsIn, read, sectionOf } from "../docs/support.ts";

const Plugin = createRequire(import.meta.url)("../../infra/plugin.cjs");
const operations = read("docs/operations.md");
const all = { ...alarms("prod", true), ...hubAlarms("prod"), ...sourceAlarms("prod") };
const descriptions = Object.entries(all).map(([name, { Properties }]): [string, string] => [
  name.replace(/Alarm$/, ""),
  Properties.AlarmDescription["Fn::Sub"],
]);

/** The alarms that the rows of the runbook are about. Those in italics are there with detailed metrics only. */
function rows(): { name: string; isDetailed: boolean }[] {
  const runbook = sectionOf(operations, "## A bad night") ?? "";
  const [, table = ""] = /\n\| alarm \|.*\n.*\n((?:\|.*\n)+)/.exec(runbook) ?? [];
  const cells = table.split("\n").flatMap((row) => row.split("|")[1] ?? []);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/\*([^*]+)\*|(\w+)/g)].flatMap(([, italic, name = ""]) =>
      (italic ?? name).split(", ").map((one) => ({ name: one, isDetailed: italic !== undefined })),
    ),
  );
}

describe("the runbook", () => {
  test("when the template has an alarm, a row says what to do, and each row has its alarm", () => {
    const usual = Object.keys({ ...alarms("prod", false), ...hubAlarms("prod"), ...sourceAlarms("prod") });
    const expected = descriptions.map(([name]) => ({ name, isDetailed: !usual.includes(`${name}Alarm`) }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(rows().sort(byName)).toEqual(expected.sort(byName));
  });

  test.each(descriptions)(
    "when the alarm %s goes off, its mail names the row and a command that exists",
    (name, text) => {
      expect(text).toContain(`See ${name} in docs/operations.md, "A bad night".`);
      expect(anchorsIn(operations)).toContain("a-bad-night");
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
      expect(text.length).toBeLessThanOrEqual(1_024);
      expect(text).toMatch(
        / Type: AWS_REGION=\$\{AWS::Region\} (npx flashwire status --stack \$\{AWS::StackName\}|npx osls logs --function (ingest|drop|publish|sweep|hubs) --startTime 1h --filter \S.* --stage prod --region \$\{AWS::Region\}|aws lambda get-account-settings --query AccountLimit)$/,
      );
    },
  );
});

describe("an alarm", () => {
  test("when it goes off or clears, its topic is told", () => {
    for (const { Properties } of Object.values(all)) {
      expect(Properties).toMatchObject({
        AlarmActions: [{ Ref: "AlarmTopic" }],
        OKActions: [{ Ref: "AlarmTopic" }],
      });
    }
  });

  test("when it looks at several periods, they are no longer than AWS allows", () => {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    for (const { Properties } of Object.values(all)) {
      const [, period = 0] = /"Period":(\d+)/.exec(JSON.stringify(Properties)) ?? [];
      expect(Number(period)).toBeGreaterThanOrEqual(60);
      expect(Number(period) * Properties.EvaluationPeriods).toBeLessThanOrEqual(86_400);
      expect(Properties.DatapointsToAlarm).toBeLessThanOrEqual(Properties.EvaluationPeriods);
    }
  });
});

describe("the end of a deploy", () => {
  const said = (command: string, aws: object) => {
    const { alarms: some, alarmAddresses } = fromSite({ hubs: [], aws }, "prod");
    const compiledCloudFormationTemplate = { Resources: { ...some.Resources, ...alarmAddresses.Resources } };
    const cli = {
      service: { provider: { compiledCloudFormationTemplate } },
      processedInput: { commands: [command] },
      getProvider: () => ({ getStage: () => "prod" }),
    };
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    new Plugin(cli, {}).hooks.finalize();
    const text = written.mock.calls.flat().join("");
    written.mockRestore();
    return text;
  };

  test("when a stage has no address for its alarms, a deploy says so and what to write where; another command does not", () => {
    const count = Object.keys(alarms("prod", false)).length;
    expect(said("deploy", {})).toContain(`its ${count} alarms have no address`);
    expect(said("deploy", {})).toContain('stages: { prod: { alarmEmail: "desk@example.org" } }');
    expect(said("package", {})).toBe("");
  });

  test("when a stage has an address, a deploy says nothing", () => {
    expect(said("deploy", { alarmEmail: "desk@example.org" })).toBe("");
  });
});

describe("the settings of a stage", () => {
  const of = (aws: object) => fromSite({ hubs: [], aws }, "prod");

  test("when a stage says nothing, it has no dashboard and not every alarm", () => {
    const { alarms: some, dashboard: none, detailedMetrics } = of({});
    expect(none.Resources).toEqual({});
    expect(Object.keys(some.Resources).length).toBeLessThan(descriptions.length);
    expect(detailedMetrics).toBe("false");
  });

  test("when a stage asks for detailed metrics and a dashboard, it has both, and the dashboard is JSON", () => {
    const made = of({ detailedMetrics: true, dashboard: true });
    expect(made).toMatchObject({ alarms: { Resources: alarms("prod", true) }, detailedMetrics: "true" });
    expect(made.dashboard.Resources).toEqual(dashboard("prod", true));
    const [body, parts] = dashboard("prod", true).Dashboard.Properties.DashboardBody["Fn::Sub"];
    expect(JSON.parse(body as string).widgets.length).toBeGreaterThan(5);
    const named = [...String(body).matchAll(/\$\{([^}]+)\}/g)].map(([, name]) => name as string);
    expect(new Set(named)).toEqual(new Set(["AWS::Region", ...Object.keys(parts as object)]));
  });
});
