import policy from "../../docs/deployer-policy.json" with { type: "json" };

/**
 * The actions that make, change and remove a resource of each type, by the names that AWS's API gives them, and those with which
 * CloudFormation looks at it meanwhile. Nobody has tried them on an account:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const NEEDED: Record<string, string[]> = {
  "AWS::S3::Bucket": [
    ...[
      "s3:CreateBucket",
      "s3:DeleteBucket",
      "s3:PutBucketPublicAccessBlock",
      "s3:PutEncryptionConfiguration",
    ],
    ...["s3:PutBucketOwnershipControls", "s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"],
    ...["s3:PutBucketNotification", "s3:PutBucketTagging", "s3:PutBucketCORS"],
  ],
  "AWS::S3::BucketPolicy": ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"],
  "AWS::SQS::Queue": [
    "sqs:CreateQueue",
    "sqs:DeleteQueue",
    "sqs:SetQueueAttributes",
    "sqs:GetQueueAttributes",
    "sqs:TagQueue",
  ],
  "AWS::SQS::QueuePolicy": ["sqs:SetQueueAttributes"],
  "AWS::IAM::Role": [
    ...["iam:CreateRole", "iam:DeleteRole", "iam:GetRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"],
    ...["iam:UpdateAssumeRolePolicy", "iam:TagRole", "iam:PassRole"],
  ],
  "AWS::Logs::LogGroup": [
    "logs:CreateLogGroup",
    "logs:DeleteLogGroup",
    "logs:PutRetentionPolicy",
    "logs:TagResource",
  ],
  "AWS::Logs::DeliverySource": [
    ...["logs:PutDeliverySource", "logs:GetDeliverySource", "logs:DeleteDeliverySource", "logs:TagResource"],
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html, *Permissions*
    "cloudfront:AllowVendedLogDeliveryForResource",
  ],
  "AWS::Logs::DeliveryDestination": [
    ...["logs:PutDeliveryDestination", "logs:GetDeliveryDestination", "logs:DeleteDeliveryDestination"],
    "logs:TagResource",
  ],
  "AWS::Logs::Delivery": [
    ...["logs:CreateDelivery", "logs:GetDelivery", "logs:UpdateDeliveryConfiguration", "logs:DeleteDelivery"],
    ...["logs:DescribeDeliveries", "logs:TagResource"],
  ],
  "AWS::Lambda::Function": [
    ...["lambda:CreateFunction", "lambda:DeleteFunction", "lambda:GetFunction", "lambda:UpdateFunctionCode"],
    ...[
      "lambda:UpdateFunctionConfiguration",
      "lambda:PutFunctionConcurrency",
      "lambda:DeleteFunctionConcurrency",
    ],
    "lambda:TagResource",
  ],
  "AWS::Lambda::EventInvokeConfig": [
    "lambda:PutFunctionEventInvokeConfig",
    "lambda:UpdateFunctionEventInvokeConfig",
    "lambda:DeleteFunctionEventInvokeConfig",
  ],
  "AWS::Lambda::EventSourceMapping": [
    ...[
      "lambda:CreateEventSourceMapping",
      "lambda:UpdateEventSourceMapping",
      "lambda:DeleteEventSourceMapping",
    ],
    "lambda:GetEventSourceMapping",
  ],
  "AWS::Lambda::Permission": ["lambda:AddPermission", "lambda:RemovePermission", "lambda:GetPolicy"],
  "AWS::Events::Rule": [
    ...[
      "events:PutRule",
      "events:DeleteRule",
      "events:DescribeRule",
      "events:PutTargets",
      "events:RemoveTargets",
    ],
    "events:TagResource",
  ],
  "AWS::ApiGatewayV2::Api": ["apigateway:GET", "apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"],
  "AWS::ApiGatewayV2::Stage": ["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"],
  "AWS::ApiGatewayV2::Route": ["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"],
  "AWS::ApiGatewayV2::Integration": ["apigateway:POST", "apigateway:PATCH", "apigateway:DELETE"],
  "AWS::CloudFront::Distribution": [
    ...["cloudfront:CreateDistribution", "cloudfront:UpdateDistribution", "cloudfront:DeleteDistribution"],
    ...["cloudfront:GetDistribution", "cloudfront:GetDistributionConfig", "cloudfront:TagResource"],
  ],
  "AWS::CloudFront::OriginAccessControl": crud("cloudfront", "OriginAccessControl"),
  "AWS::CloudFront::CachePolicy": crud("cloudfront", "CachePolicy"),
  "AWS::CloudFront::ResponseHeadersPolicy": crud("cloudfront", "ResponseHeadersPolicy"),
  "AWS::CloudFront::Function": [
    ...crud("cloudfront", "Function"),
    "cloudfront:PublishFunction",
    "cloudfront:DescribeFunction",
  ],
  // GetSecretValue is for what refers to the secret: .../UserGuide/dynamic-references-secretsmanager.html
  "AWS::SecretsManager::Secret": [
    ...["secretsmanager:CreateSecret", "secretsmanager:UpdateSecret", "secretsmanager:DeleteSecret"],
    ...["secretsmanager:DescribeSecret", "secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue"],
    "secretsmanager:TagResource",
  ],
  "AWS::SNS::Topic": [
    ...[
      "sns:CreateTopic",
      "sns:DeleteTopic",
      "sns:GetTopicAttributes",
      "sns:SetTopicAttributes",
      "sns:TagResource",
    ],
  ],
  "AWS::SNS::Subscription": ["sns:Subscribe", "sns:Unsubscribe", "sns:GetSubscriptionAttributes"],
  "AWS::CloudWatch::Alarm": [
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:DeleteAlarms",
    "cloudwatch:DescribeAlarms",
  ],
  "AWS::CloudWatch::Dashboard": [
    "cloudwatch:PutDashboard",
    "cloudwatch:DeleteDashboards",
    "cloudwatch:GetDashboard",
  ],
};

function crud(service: string, what: string): string[] {
  return ["Create", "Update", "Delete", "Get"].map((verb) => `${service}:${verb}${what}`);
}

const granted = policy.Statement.flatMap(({ Action }) => Action);

/** What the policy in docs/ does not grant of what these types of resource need, a line each. */
export function missingRights(types: Iterable<string>): string[] {
  return [...new Set(types)].flatMap((type) => {
    const actions = NEEDED[type];
    if (actions === undefined) return [`${type}: nobody has written down what it needs`];
    return actions
      .filter((action) => !granted.some((grant) => grants(grant, action)))
      .map((action) => `${type}: ${action}`);
  });
}

function grants(grant: string, action: string): boolean {
  return grant.endsWith("*") ? action.startsWith(grant.slice(0, -1)) : grant === action;
}
