import * as v from "valibot";
import { EMAIL, notList, object } from "./fields.ts";
import {
  MAX_ALARM_ADDRESSES,
  MAX_ORIGIN_SECRET_NUMBER,
  MAX_ORIGIN_SECRETS,
  MAX_STACK_TAGS,
} from "./limits.ts";
import { anyOf, list, string, text, whole } from "./site-fields.ts";

/** How a deployed wire works: settings for every stage, and below `stages` those of one stage alone. */

const edgePath = v.pipe(
  string,
  v.regex(/^\/feeds\/[\w.~*?/-]+$/, "must be a path below /feeds/, such as /feeds/breaking/*"),
);

/** Longer names would make bucket names of more than 63 characters, and buckets have no capital letters. */
const STAGE = /^[a-z0-9][a-z0-9-]{0,15}$/;
const WRONG_STAGE = "must be a stage: 1 to 16 lower-case letters, digits and hyphens";
const stageName = v.pipe(string, v.regex(STAGE, WRONG_STAGE));

const domain = v.pipe(
  string,
  v.regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    "must be a lower-case domain name without https://, such as wire.example.org",
  ),
);

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
const certificate = v.pipe(
  string,
  v.regex(
    /^arn:aws:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
    "must be the ARN of a certificate of ACM in us-east-1: arn:aws:acm:us-east-1:ACCOUNT:certificate/ID",
  ),
);

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html; `app` and `stage` are ours. */
const tagName = v.pipe(
  string,
  v.regex(
    /^(?!aws:|app$|stage$)[\w .:/=+@-]{1,128}$/i,
    "must be the name of a tag, other than app and stage: 1 to 128 letters, digits, spaces and _ . : / = + - @",
  ),
);

const email = v.pipe(string, v.regex(EMAIL, "must be an e-mail address"));
const flag = v.boolean("must be true or false");

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const PRICE_CLASSES = ["PriceClass_100", "PriceClass_200", "PriceClass_All"] as const;

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const megabytes = v.exactOptional(whole(128, 10_240));

const settings = {
  /** Seconds that a record may wait for others, so that one write of a feed serves them all. Breaking news never waits. */
  batchSeconds: v.exactOptional(whole(1, 60)),
  /** Path → seconds that the CDN keeps documents there at most, 1 for 0. Elsewhere it does as the documents say, 30 s, and 10 s for breaking news. */
  cacheSeconds: v.exactOptional(notList(v.record(edgePath, whole(0, 86_400), "must be an object"))),
  /** The name under which readers find the wire, and the certificate that CloudFront shows for it. */
  domain: v.exactOptional(domain),
  certificate: v.exactOptional(certificate),
  /** The addresses that get a mail when an alarm goes off. AWS asks each address once whether it wants mails. */
  alarmEmail: v.exactOptional(
    v.union(
      [
        email,
        v.pipe(
          list(email),
          v.minLength(1, "must not be empty"),
          v.maxLength(MAX_ALARM_ADDRESSES, `must have at most ${MAX_ALARM_ADDRESSES} addresses`),
          v.check((all) => new Set(all).size === all.length, "must name each address once"),
        ),
      ],
      `must be an e-mail address, or a list of 1 to ${MAX_ALARM_ADDRESSES} different ones`,
    ),
  ),
  /** From how many places CloudFront serves: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html */
  priceClass: v.exactOptional(v.picklist(PRICE_CLASSES, anyOf(PRICE_CLASSES))),
  /** Megabytes of memory by function. */
  memory: v.exactOptional(
    object({ ingest: megabytes, drop: megabytes, publish: megabytes, sweep: megabytes }),
  ),
  /** Days that the logs of the functions are kept. */
  logDays: v.exactOptional(
    v.picklist(LOG_DAYS, `must be a number of days that CloudWatch has: ${anyOf(LOG_DAYS).slice(8)}`),
  ),
  /** Whether the CDN writes down what is read, without or with the addresses of readers, and for how many days that is kept. */
  accessLogs: v.exactOptional(
    v.union([v.boolean(), v.literal("with-addresses")], 'must be true, false or "with-addresses"'),
  ),
  accessLogDays: v.exactOptional(whole(1, 3_653)),
  /** How many requests to the API run at once at most (reserved concurrency of `ingest`). */
  concurrency: v.exactOptional(whole(1, 1_000)),
  /** Requests a second that the API takes, and how many may come at once. */
  throttle: v.exactOptional(object({ rate: whole(1, 10_000), burst: whole(1, 5_000) })),
  /**
   * Numbers of the secrets that the CDN shows to the API, which refuses requests without one: a new number makes a new secret.
   * Empty: the API's own endpoint is open beside the CDN.
   */
  originSecrets: v.exactOptional(
    v.pipe(
      list(whole(1, MAX_ORIGIN_SECRET_NUMBER)),
      v.maxLength(MAX_ORIGIN_SECRETS, `must have at most ${MAX_ORIGIN_SECRETS} numbers`),
      v.check((all) => new Set(all).size === all.length, "must name each number once"),
    ),
  ),
  /** Whether CloudWatch gets every metric of the wire, and alarms that say which function fails and why. */
  detailedMetrics: v.exactOptional(flag),
  /** Whether CloudWatch gets a dashboard of the wire. */
  dashboard: v.exactOptional(flag),
  /** Tags of all resources that take tags, besides `app` and `stage`. */
  tags: v.exactOptional(
    v.pipe(
      notList(v.record(tagName, text(256), "must be an object")),
      v.check(
        (tags) => Object.keys(tags).length <= MAX_STACK_TAGS,
        `must have at most ${MAX_STACK_TAGS} tags`,
      ),
    ),
  ),
  /** Whether S3 tells EventBridge of every write of a document. */
  documentEvents: v.exactOptional(flag),
  /**
   * Media types at the CDN: the `true` ones of each format, for which AWS bills a call of a function for each answer of Atom
   * or JSON Feed, or those that are `stored`: application/xml and application/json.
   */
  documentTypes: v.exactOptional(v.picklist(["true", "stored"], 'must be "true" or "stored"')),
};

const everyStage = {
  ...settings,
  /** Stage → its own settings. A field here stands in the place of the same field for every stage. */
  stages: v.exactOptional(notList(v.record(stageName, object(settings), "must be an object"))),
};

type Aws = v.InferOutput<ReturnType<typeof object<typeof everyStage>>>;
export type StageSettings = Omit<Aws, "stages">;

export const aws = v.pipe(
  object(everyStage),
  v.rawCheck(({ dataset, addIssue }) => {
    if (dataset.typed) for (const problem of pairProblems(dataset.value)) addIssue(problem);
  }),
);

/** What is wrong with the name of a stage that is to be deployed; undefined: nothing. */
export function wrongStage(stage: string): string | undefined {
  return STAGE.test(stage) ? undefined : `--stage ${stage}: ${WRONG_STAGE}`;
}

/** The settings of a stage: its own, and those for every stage where it has none of its own. */
export function settingsOf(site: { aws?: Aws }, stage: string): StageSettings {
  const { stages = {}, ...common } = site.aws ?? {};
  const own = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
  return { ...common, ...own };
}

/** What is wrong with fields that are right each by itself. A stage that is not listed has the settings for every stage. */
function pairProblems(aws: Aws) {
  const places = [[], ...Object.keys(aws.stages ?? {}).map((stage) => ["stages", stage])];
  const domains = new Map<string, string>();
  return places.flatMap((place) => {
    const { domain, certificate } = settingsOf({ aws }, place[1] ?? "");
    if ((domain === undefined) !== (certificate === undefined)) {
      const [missing, there] = domain === undefined ? ["domain", "certificate"] : ["certificate", "domain"];
      return [problem([...place, missing], `is required, because there is a ${there}`)];
    }
    if (domain === undefined) return [];
    const holder = domains.get(domain);
    domains.set(domain, place[1] ?? "every stage");
    if (holder === undefined) return [];
    return [
      problem([...place, "domain"], `"${domain}" is the domain of ${holder} too; a domain has one stage`),
    ];
  });
}

function problem(keys: string[], message: string) {
  const items = keys.map((key) => ({
    type: "unknown" as const,
    origin: "value" as const,
    key,
    input: undefined,
    value: undefined,
  }));
  return { path: items as [v.IssuePathItem, ...v.IssuePathItem[]], message };
}
