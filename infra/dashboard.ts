import { type Metric, type Metrics, metricsOf } from "./metrics.ts";

/** A graph: its title, a statistic, the metrics. */
type Graph = [title: string, stat: string, metrics: Metric[]];

/** The graphs of a stage, two in a row. AWS bills a dashboard by the month (docs/scale.md), so a stage has to ask for it. */
export function dashboard(stage: string, isDetailed: boolean) {
  const metrics = metricsOf(stage);
  const parts = new Map<string, object>();
  const graphs = [...usual(metrics), ...(isDetailed ? detailed(metrics) : [])];
  const widgets = graphs.map((graph, i) => widgetOf(graph, i, parts));
  const body = JSON.stringify({ widgets });
  return {
    Dashboard: {
      Type: "AWS::CloudWatch::Dashboard",
      Properties: {
        DashboardName: { "Fn::Sub": `\${AWS::StackName}-\${AWS::Region}` },
        DashboardBody: { "Fn::Sub": [body, Object.fromEntries(parts)] },
      },
    },
  };
}

function usual({ own, ofQueue, ofFunction, ofApi }: Metrics): Graph[] {
  const functions = (["ingest", "drop", "publish", "sweep"] as const).map((name) =>
    ofFunction("Errors", name),
  );
  const age = (["Publish", "Drop"] as const).map((name) => ofQueue("ApproximateAgeOfOldestMessage", name));
  const dead = (["PublishDeadLetters", "DropDeadLetters"] as const).map((name) =>
    ofQueue("ApproximateNumberOfMessagesVisible", name),
  );
  return [
    ["Articles accepted", "Sum", [own("Accepted", "ingest"), own("Accepted", "drop")]],
    ["Record written to documents written, ms (p99)", "p99", [own("PublishLatency", "publish")]],
    ["Queue: age of the oldest message, s", "Maximum", age],
    [
      "Faults that readers see, documents mended",
      "Maximum",
      [own("ReaderFaults", "sweep"), own("Repairs", "sweep")],
    ],
    ["Errors of the functions", "Sum", functions],
    ["Dead letters", "Maximum", dead],
    ["API: requests and 5xx", "Sum", [ofApi("Count"), ofApi("5xx")]],
  ];
}

function detailed({ own }: Metrics): Graph[] {
  const written = ["DocumentsWritten", "DocumentsChecked", "Conflicts"].map((name) => own(name, "publish"));
  return [
    ["Documents written and looked at, races lost", "Sum", written],
    ["Ticks, feeds filled", "Sum", [own("Ticks", "sweep"), own("FeedsFilled", "sweep")]],
  ];
}

/** Values that CloudFormation knows alone become names in the text, with their references in `parts`. */
function widgetOf([title, stat, metrics]: Graph, i: number, parts: Map<string, object>) {
  const textOf = (value: string | object) => {
    if (typeof value === "string") return value;
    const name = Object.values(value).flat().join("");
    parts.set(name, value);
    return `\${${name}}`;
  };
  const rows = metrics.map(({ Namespace, MetricName, Dimensions }) => [
    Namespace,
    MetricName,
    ...Dimensions.flatMap(({ Name, Value }) => [Name, textOf(Value)]),
  ]);
  return {
    type: "metric",
    ...{ x: (i % 2) * 12, y: Math.floor(i / 2) * 6, width: 12, height: 6 },
    properties: { title, region: `\${AWS::Region}`, stat, period: 60, metrics: rows },
  };
}
