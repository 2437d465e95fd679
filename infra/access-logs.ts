import type { StageSettings } from "../src/core/site-aws.ts";

/**
 * Where AWS makes deliveries of CloudFront's logs, wherever the bucket is:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
 */
const DELIVERY_REGION = "us-east-1";

/**
 * What a line of the log holds (the same page, *Supported log fields*): enough to count polls, readers by what their software
 * says of itself, bytes and errors. No address of a reader, no query, no cookie, no referrer.
 */
const FIELDS = [
  ...[
    "date",
    "time",
    "x-edge-location",
    "c-country",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "cs(User-Agent)",
  ],
  ...["sc-status", "sc-bytes", "sc-content-type", "time-taken", "time-to-first-byte", "cs-protocol-version"],
  ...["x-edge-result-type", "x-edge-detailed-result-type", "x-edge-request-id"],
];

const NAME = { "Fn::Sub": `\${AWS::StackName}-\${AWS::Region}-cdn` };

/** Standard logging v2 of the distribution: resources for the template, and what the operator is told on the way. */
export function accessLogs({ accessLogs: wanted = false }: StageSettings, region: string) {
  const isDelivered = wanted !== false && region === DELIVERY_REGION;
  return {
    accessLogs: { Resources: isDelivered ? delivery(wanted) : {} },
    notices: wanted === false || isDelivered ? [] : [elsewhere(region)],
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-delivery.html */
function delivery(wanted: true | "with-addresses") {
  return {
    AccessLogSource: {
      Type: "AWS::Logs::DeliverySource",
      Properties: {
        Name: NAME,
        LogType: "ACCESS_LOGS",
        ResourceArn: {
          "Fn::Sub": `arn:\${AWS::Partition}:cloudfront::\${AWS::AccountId}:distribution/\${Distribution}`,
        },
      },
    },
    AccessLogDestination: {
      Type: "AWS::Logs::DeliveryDestination",
      DependsOn: ["LogsBucketPolicy"],
      Properties: {
        Name: NAME,
        DestinationResourceArn: { "Fn::Sub": `\${LogsBucket.Arn}/cdn` },
        OutputFormat: "json",
      },
    },
    AccessLogDelivery: {
      Type: "AWS::Logs::Delivery",
      DependsOn: ["AccessLogSource"],
      Properties: {
        DeliverySourceName: NAME,
        DeliveryDestinationArn: { "Fn::GetAtt": ["AccessLogDestination", "Arn"] },
        RecordFields: wanted === "with-addresses" ? [...FIELDS, "c-ip"] : FIELDS,
        S3SuffixPath: "{yyyy}/{MM}/{dd}/{HH}",
      },
    },
  };
}

function elsewhere(region: string): string {
  return (
    `Access logs: this stage is in ${region}, and AWS delivers logs of CloudFront by commands in ${DELIVERY_REGION} alone. ` +
    'Nothing is logged until you type those of docs/operations.md, "Access logs", once.'
  );
}
