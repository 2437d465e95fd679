/** A metric of CloudWatch as alarms and dashboards name it. A value may be a reference of CloudFormation. */
export type Metric = {
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: string | object }[];
};

type FunctionName = "ingest" | "drop" | "publish" | "sweep" | "follow";
type QueueName = "Publish" | "Drop" | "PublishDeadLetters" | "DropDeadLetters" | "HubsDeadLetters";

/** The metrics of a stage: its own, which AWS bills each, and those that AWS keeps anyway. */
export function metricsOf(stage: string) {
  return {
    own: (MetricName: string, service: FunctionName): Metric => ({
      Namespace: `Flashwire/${stage}`,
      MetricName,
      Dimensions: [{ Name: "service", Value: service }],
    }),
    ofFunction: (MetricName: string, name: FunctionName): Metric => ({
      Namespace: "AWS/Lambda",
      MetricName,
      Dimensions: [{ Name: "FunctionName", Value: { Ref: `${capital(name)}LambdaFunction` } }],
    }),
    ofQueue: (MetricName: string, name: QueueName): Metric => {
      const resource = name.endsWith("Letters") ? name : `${name}Queue`;
      const Value = { "Fn::GetAtt": [resource, "QueueName"] };
      return { Namespace: "AWS/SQS", MetricName, Dimensions: [{ Name: "QueueName", Value }] };
    },
    ofApi: (MetricName: string): Metric => ({
      Namespace: "AWS/ApiGateway",
      MetricName,
      Dimensions: [{ Name: "ApiId", Value: { Ref: "HttpApi" } }],
    }),
  };
}

export type Metrics = ReturnType<typeof metricsOf>;

export const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
