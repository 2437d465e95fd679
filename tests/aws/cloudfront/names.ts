import type { Json, Template } from "./template.ts";

/**
 * Resources whose names are one for an account, whatever the region, with the property that holds the name and its greatest
 * length: https://docs.aws.amazon.com/cloudfront/latest/APIReference/ (CachePolicyConfig, ResponseHeadersPolicyConfig,
 * OriginAccessControlConfig, CreateFunction), https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html and, because deliveries of CloudFront's
 * logs are all in us-east-1, https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html.
 * Names of buckets are one for all accounts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const NAMED: Record<string, { at: string; most: number }> = {
  "AWS::CloudFront::CachePolicy": { at: "CachePolicyConfig.Name", most: 128 },
  "AWS::CloudFront::OriginRequestPolicy": { at: "OriginRequestPolicyConfig.Name", most: 128 },
  "AWS::CloudFront::ResponseHeadersPolicy": { at: "ResponseHeadersPolicyConfig.Name", most: 128 },
  "AWS::CloudFront::OriginAccessControl": { at: "OriginAccessControlConfig.Name", most: 64 },
  "AWS::CloudFront::Function": { at: "Name", most: 64 },
  "AWS::CloudWatch::Dashboard": { at: "DashboardName", most: 255 },
  "AWS::IAM::Role": { at: "RoleName", most: 64 },
  "AWS::IAM::ManagedPolicy": { at: "ManagedPolicyName", most: 128 },
  "AWS::Logs::DeliverySource": { at: "Name", most: 60 },
  "AWS::Logs::DeliveryDestination": { at: "Name", most: 60 },
  "AWS::S3::Bucket": { at: "BucketName", most: 63 },
};

type Place = { stage: string; region: string };

/** The names that a stage in a region takes in its account; the template was made for the stage `dev`. */
export function namesOf({ Resources }: Template, place: Place): { id: string; name: string; most: number }[] {
  return Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
    const named = NAMED[Type];
    const value = named?.at.split(".").reduce((at: Json, key) => at?.[key], Properties);
    // AWS makes a name of its own where the template has none.
    return named === undefined || value === undefined
      ? []
      : [{ id, name: resolved(value, place), most: named.most }];
  });
}

function resolved(value: Json, { stage, region }: Place): string {
  const text = typeof value === "string" ? value : (value["Fn::Sub"] ?? `\${${value.Ref}}`);
  return text
    .replaceAll(`\${AWS::StackName}`, `flashwire-${stage}`)
    .replaceAll("-dev-", `-${stage}-`)
    .replaceAll(`\${AWS::Region}`, region)
    .replaceAll(`\${AWS::AccountId}`, "123456789012");
}
