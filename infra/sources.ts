import { sourceAlarms } from "./alarms.ts";
import { allow, functionRole } from "./function-role.ts";

/*
 * What follows the sources of the site file: a function that a schedule calls each minute. A wire whose site file names no
 * sources has none of these resources.
 */

/** Seconds: an invocation ends before the next one begins. */
const TIMEOUT = 58;

const arnOf = (resource: string) => ({ "Fn::GetAtt": [resource, "Arn"] });

const newsroom = (path: string) => ({
  "Fn::Sub": `arn:\${AWS::Partition}:s3:::\${self:custom.newsroom}${path}`,
});

/** The function as serverless.yml has the others; null where there are no sources. */
export function followFunction(count: number) {
  if (count === 0) return null;
  return {
    handler: "dist/follow.handler",
    role: arnOf("FollowRole"),
    memorySize: 512,
    timeout: TIMEOUT,
    maximumRetryAttempts: 0,
    package: { patterns: ["dist/follow.mjs"] },
    events: [{ schedule: { rate: ["rate(1 minute)"] } }],
  };
}

export function followResources(count: number, stage: string) {
  if (count === 0) return {};
  return { Resources: { FollowRole: functionRole("follow", rights()), ...sourceAlarms(stage) } };
}

/** It takes records in like the inbox, and keeps what it knows of its sources. */
function rights() {
  const readAndWrite = ["s3:GetObject", "s3:PutObject"];
  return [
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], arnOf("FollowLogGroup")),
    allow(readAndWrite, newsroom("/articles/*")),
    allow(readAndWrite, newsroom("/guids/*")),
    allow(readAndWrite, newsroom("/sources/*")),
    allow("s3:PutObject", newsroom("/schedule/*")),
    // Windows tell where an article stands whose record cannot be read.
    allow("s3:GetObject", newsroom("/windows/*")),
    allow("s3:ListBucket", newsroom("")),
  ];
}
