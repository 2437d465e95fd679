import { SQSClient } from "@aws-sdk/client-sqs";
import { loadSiteFile } from "../config/site-file.ts";
import { FlashwireError } from "../core/errors.ts";
import { type PurgeReport, purge } from "../purge/purge.ts";
import type { PurgeInbox } from "../purge/purge-inbox.ts";
import { forgetOldFiles, listInbox } from "../repository/inbox.ts";
import { createServices, type Services } from "../services.ts";
import type { Versions } from "../store/port.ts";
import { s3Client } from "../store/s3/client.ts";
import { connect } from "../store/s3/connection.ts";
import { s3Store } from "../store/s3/store.ts";
import { s3Versions } from "../store/s3/versions.ts";
import type { Stores } from "../store/stores.ts";
import { type UpkeepStatus, upkeepStatus } from "../upkeep/status.ts";
import { type Depth, depthOf, replayDeadLetters } from "./queues.ts";
import { outputsOf } from "./stack.ts";

/** A deployed wire in the hands of its operator, with the operator's own credentials. */
export type Stack = {
  url: string;
  services: Services;
  /** Without `hubs` where the deployed site file names none. */
  depths(): Promise<Partial<Record<QueueName, { queue: Depth; dead: Depth }>>>;
  /** Puts the dead letters of a queue back to work; answers how many. */
  replay(queue: QueueName): Promise<number>;
  /** What upkeep did last, and what it has to do. */
  upkeep(): Promise<UpkeepStatus>;
  /** What the private bucket keeps of records that were written over or removed. */
  versions: Versions;
  /** Removes the content of an article wherever the wire keeps it: see `purge`. */
  purge(id: string, reason?: string): Promise<PurgeReport>;
  close(): Promise<void>;
};

export type QueueName = "publish" | "inbox" | "hubs";

/** Their names in the template, which stay: another name is another queue. */
const STEMS: Record<QueueName, string> = { publish: "Publish", inbox: "Drop", hubs: "Hubs" };

/**
 * Opens a stack with the site file at `siteFile`, else that of the checkout. Throws `not-found` where there is no such
 * stack, `unavailable` where AWS does not answer, `invalid` for a wrong site file.
 */
export async function openStack(name: string, siteFile?: string): Promise<Stack> {
  // Before AWS is asked: a wrong site file needs no network to be seen.
  const { at } = await loadSiteFile(siteFile);
  const { outputs, output } = await readOutputs(name);
  const client = s3Client();
  const s3 = connect(client);
  // The region says where SQS is, or AWS_ENDPOINT_URL.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const url = output("Url");
  const stores = {
    newsroom: s3Store(s3, output("NewsroomBucketName")),
    published: s3Store(s3, output("SiteBucketName")),
  };
  const hasHubs = outputs.HubsQueueUrl !== undefined;
  const queues: QueueName[] = ["publish", "inbox", ...(hasHubs ? (["hubs"] as const) : [])];
  const urlsOf = (queue: QueueName) => {
    if (queue === "hubs" && !hasHubs) throw noHubs(name);
    return { queue: output(`${STEMS[queue]}QueueUrl`), dead: output(`${STEMS[queue]}DeadLettersUrl`) };
  };
  const depthsOf = async (queue: QueueName) => {
    const urls = urlsOf(queue);
    return [queue, { queue: await depthOf(sqs, urls.queue), dead: await depthOf(sqs, urls.dead) }] as const;
  };
  const services = createServices({ site: at(url), stores, log: () => {} });
  const versions = s3Versions(s3, output("NewsroomBucketName"));
  const inbox: PurgeInbox = {
    store: stores.newsroom,
    names: () => listInbox(services),
    isAlone: false,
    forgetOld: () => forgetOldFiles(versions),
  };
  return {
    url,
    services,
    versions,
    upkeep: () => upkeepStatus(services),
    purge: (id, reason) => purge({ ...services, versions, withInbox: (run) => run(inbox) }, id, reason),
    depths: async () => Object.fromEntries(await Promise.all(queues.map(depthsOf))),
    replay: (queue) => replayDeadLetters(sqs, urlsOf(queue).dead, urlsOf(queue).queue),
    async close() {
      client.destroy();
      sqs.destroy();
    },
  };
}

function noHubs(stack: string): FlashwireError {
  return new FlashwireError(
    "not-found",
    `The stack ${stack} has no queue hubs: its site file names no hubs.`,
  );
}

async function readOutputs(name: string) {
  const outputs = await outputsOf(name);
  const output = (key: string): string => {
    const value = outputs[key];
    if (value !== undefined) return value;
    const detail = `The stack ${name} says no ${key}; it is no wire, or an older one.`;
    throw new FlashwireError("not-found", detail);
  };
  return { outputs, output };
}

/** The records of another deployed wire: of a stack, or in a bucket whose stack may be gone. Throws as `openStack` does. */
export async function openRecords(
  from: { stack: string } | { bucket: string },
): Promise<Pick<Stores, "newsroom"> & { close(): void }> {
  const bucket =
    "bucket" in from ? from.bucket : (await readOutputs(from.stack)).output("NewsroomBucketName");
  const client = s3Client();
  return { newsroom: s3Store(connect(client), bucket), close: () => client.destroy() };
}
