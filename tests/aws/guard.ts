import type { IncomingMessage } from "node:http";
import { type Asker, policiesOf } from "../infra/policies.ts";
import { accessesOf } from "../infra/s3-access.ts";
import type { Template } from "./deployment.ts";

/*
 * The look-alike takes every request of anybody. Here the packaged template says who may do what: the role of the function
 * that asks grants it, and no policy of a bucket denies it.
 */

/** Who asks, by the id of the access key that signs the request. */
const ASKERS: Record<string, Asker> = {
  ingest: "IngestRole",
  drop: "DropRole",
  publish: "PublishRole",
  sweep: "SweepRole",
  follow: "FollowRole",
  maintenance: "MaintenanceRole",
  administrator: "administrator",
};

/** The ids of access keys of people: an administrator of the account, and who has assumed the maintenance role. */
export type Person = "administrator" | "maintenance";

export type Guard = {
  /** Undefined where the request is allowed, else what refuses it. */
  refusal(request: IncomingMessage): string | undefined;
  /** Whether S3 tells this asker that an object is not there: it answers 403 to who may not list the bucket. */
  mayKnowMissing(request: IncomingMessage): boolean;
  /** What was refused to functions, since the deploy: the wire never asks for what it may not do. */
  refusedToFunctions: string[];
  /** Rules for this bucket are those of that one. */
  treatAs(bucket: string, like: string): void;
};

export function guardOf(template: Template): Guard {
  const policies = policiesOf(template);
  const likeness = new Map<string, string>();
  const refusedToFunctions: string[] = [];
  const read = ({ method = "GET", url = "/", headers }: IncomingMessage) => {
    const bucket = /^\/([^/?]+)/.exec(url)?.[1] ?? "";
    const like = likeness.get(bucket) ?? bucket;
    return { method, url: url.replace(bucket, like), headers, like };
  };
  const refusal = (request: IncomingMessage) => {
    const asked = read(request);
    const asker = askerOf(request);
    for (const access of accessesOf(asked)) {
      const refused = policies.refusal(asker, access);
      if (refused === undefined) continue;
      if (!["administrator", "MaintenanceRole"].includes(asker))
        refusedToFunctions.push(`${asker}: ${asked.method} ${asked.url}: ${refused}`);
      return refused;
    }
    return undefined;
  };
  const mayKnowMissing = (request: IncomingMessage) => {
    const access = { action: "s3:ListBucket", resource: `arn:aws:s3:::${read(request).like}`, keys: {} };
    return policies.refusal(askerOf(request), access) === undefined;
  };
  const treatAs = (bucket: string, like: string) => void likeness.set(bucket, like);
  return { refusal, mayKnowMissing, refusedToFunctions, treatAs };
}

function askerOf({ headers }: IncomingMessage): Asker {
  const id = /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
  const asker = ASKERS[id];
  if (asker === undefined) throw new Error(`Nobody has the access key ${id}.`);
  return asker;
}
