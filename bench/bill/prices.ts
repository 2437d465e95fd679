/**
 * List prices of eu-central-1, without free tiers, in dollars. `cited`: where the number was read, and the date of it: on a
 * stored copy of that page, or in somebody's quotation of it. Without it the number is an assumption.
 */
export type Price = { what: string; dollars: number | number[]; cited?: [page: string, date: string] };

const LIST = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws";
const S3_LIST = `[AWS's list](${LIST}/AmazonS3/current/eu-central-1/index.json), as quoted by others`;
const CDN_LIST = `[AWS's list](${LIST}/AmazonCloudFront/current/index.json), as quoted by others`;
const CLOUDWATCH =
  "[quotation](https://github.com/nishinoshake/aws-rough/issues/37) of AWS's page, us-east-1";

export const PRICES = {
  put: { what: "S3, a million PUT or LIST", dollars: 5.4, cited: [S3_LIST, "2026-08-31"] },
  get: { what: "S3, a million GET or HEAD", dollars: 0.43, cited: [S3_LIST, "2026-08-31"] },
  stored: { what: "S3, a GB stored for a month", dollars: 0.0245, cited: [S3_LIST, "2026-08-31"] },
  gbSecond: { what: "Lambda arm64, a GB-second", dollars: 0.0000133334 },
  call: { what: "Lambda, a million calls", dollars: 0.2 },
  queue: { what: "SQS standard, a million requests", dollars: 0.4 },
  api: { what: "HTTP API, a million requests", dollars: 1.2 },
  poll: {
    what: "CloudFront, readers in Europe, a million HTTPS requests",
    dollars: 1.2,
    cited: [CDN_LIST, "2026-08-31"],
  },
  sent: {
    what: "CloudFront, readers in Europe, a GB: first 10 TB, next 40, 100, 350, 524 TB, 4 PB, beyond",
    dollars: [0.085, 0.08, 0.06, 0.04, 0.03, 0.025, 0.02],
    cited: ["[AWS's page](https://aws.amazon.com/cloudfront/pricing/), and its list", "2026-08-31"],
  },
  edgeCall: {
    what: "CloudFront Functions, a million calls",
    dollars: 0.1,
    cited: ["[quotation](https://cur.vantage.sh/aws/amazoncloudfront/)", "no date"],
  },
  metric: {
    what: "CloudWatch, a metric of our own for a month, by the hours in which it is sent",
    dollars: 0.3,
    cited: [CLOUDWATCH, "2022-04-29"],
  },
  alarm: {
    what: "CloudWatch, a metric that an alarm looks at, for a month",
    dollars: 0.1,
    cited: ["[quotation](https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm), us-east-1", "no date"],
  },
  dashboard: {
    what: "CloudWatch, a dashboard for a month",
    dollars: 3,
    cited: [CLOUDWATCH, "2022-04-29"],
  },
  secret: {
    what: "Secrets Manager, a secret for a month",
    dollars: 0.4,
    cited: [
      "[transcript](https://raw.githubusercontent.com/api-evangelist/amazon-secrets-manager/refs/heads/main/plans/amazon-secrets-manager-plans-pricing.yml) of [AWS's page](https://aws.amazon.com/secrets-manager/pricing/)",
      "2026-09-20",
    ],
  },
  logs: { what: "CloudWatch, a GB of logs", dollars: 0.63 },
} satisfies Record<string, Price>;

/** TB of each step of the price of data. */
export const STEPS_TB = [10, 40, 100, 350, 524, 4_096, Number.POSITIVE_INFINITY];

/** What that many units cost; prices by the million are for a million. */
export const million = (
  name: "put" | "get" | "call" | "queue" | "api" | "poll" | "edgeCall",
  count: number,
) => (count / 1e6) * PRICES[name].dollars;

/** What it costs to send that many TB to readers in a month. */
export function dataCost(tb: number): number {
  let [left, cost] = [tb, 0];
  PRICES.sent.dollars.forEach((dollars, i) => {
    const step = Math.min(left, STEPS_TB[i] ?? 0);
    cost += step * 1_000 * dollars;
    left -= step;
  });
  return cost;
}

/**
 * CloudFront's flat-rate plans, a month for one distribution; the last five are sizes of Premium. No charge for more than that,
 * but AWS may slow the distribution down. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html
 */
export const PLANS = [
  { name: "Free", dollars: 0, requests: 1e6, tb: 0.1 },
  { name: "Pro", dollars: 15, requests: 10e6, tb: 50 },
  { name: "Business", dollars: 200, requests: 125e6, tb: 50 },
  { name: "Premium", dollars: 1_000, requests: 500e6, tb: 50 },
  { name: "Premium", dollars: 1_450, requests: 750e6, tb: 75 },
  { name: "Premium", dollars: 2_250, requests: 1_250e6, tb: 125 },
  { name: "Premium", dollars: 3_500, requests: 2_000e6, tb: 200 },
  { name: "Premium", dollars: 6_000, requests: 3_500e6, tb: 350 },
  { name: "Premium", dollars: 10_000, requests: 6_000e6, tb: 600 },
];

/** The smallest plan that holds it; undefined where none does. */
export const planFor = (requests: number, tb: number) =>
  PLANS.find((plan) => plan.requests >= requests && plan.tb >= tb);
