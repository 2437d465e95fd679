import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type BucketVersioningStatus,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

/*
 * Stands before the look-alike and plays what its CloudFormation does not know: change sets that import buckets, by the rules of
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-import-existing-stack.html, and states of a stack
 * that went wrong. All else goes through. The look-alike makes every resource of a template, so the player takes an imported
 * bucket away before that, and puts its objects back. Old versions of them do not come back here: on AWS they stay.
 */

export type Importing = {
  url: string;
  /** The state that every stack is said to have until one is deleted; undefined: its own. */
  state: string | undefined;
  /** The names of the buckets that were imported. */
  imported: string[];
  stop(): void;
};

type Kept = {
  bucket: string;
  versioning: BucketVersioningStatus | undefined;
  objects: { key: string; bytes: Uint8Array }[];
};

export async function startImporting(target: string): Promise<Importing> {
  const s3 = new S3Client({ endpoint: target, forcePathStyle: true });
  const asked: string[] = [];
  const play = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await bodyOf(incoming);
    const form = new URLSearchParams(incoming.method === "POST" ? body.toString() : "");
    if (form.get("ChangeSetType") === "IMPORT") {
      const refusal = wrongIn(form);
      if (refusal !== undefined) return void outgoing.writeHead(400).end(errorOf(refusal));
      asked.push(...importsIn(form).map(({ name }) => name));
    }
    if (form.get("Action") === "DeleteStack") importing.state = undefined;
    const kept: Kept[] = [];
    if (form.get("Action") === "ExecuteChangeSet") {
      for (const bucket of asked.splice(0)) kept.push(await takeAway(s3, bucket));
    }
    const answer = await passOn(target, incoming, body);
    for (const one of kept) await putBack(s3, one);
    importing.imported.push(...kept.map(({ bucket }) => bucket));
    const { state } = importing;
    const text = Buffer.from(await answer.arrayBuffer());
    const said = state === undefined ? text : text.toString().replace(/(<StackStatus>)\w+/g, `$1${state}`);
    const headers = Object.fromEntries(answer.headers);
    delete headers["content-encoding"];
    outgoing.writeHead(answer.status, { ...headers, "content-length": Buffer.byteLength(said) }).end(said);
  };
  const server = createServer((incoming, outgoing) => {
    play(incoming, outgoing).catch((error) => outgoing.writeHead(400).end(errorOf(String(error))));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const importing: Importing = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state: undefined,
    imported: [],
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return importing;
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function passOn(target: string, incoming: IncomingMessage, body: Buffer): Promise<Response> {
  const { method = "GET", url = "/", headers } = incoming;
  const hop = ["host", "connection", "content-length", "transfer-encoding", "expect"];
  const kept = Object.entries(headers).filter(([name]) => !hop.includes(name)) as [string, string][];
  return fetch(new URL(url, target), { method, headers: kept, ...(body.length > 0 ? { body } : {}) });
}

/** The buckets that a change set imports: logical id and name. */
function importsIn(form: URLSearchParams) {
  const found: { id: string; name: string }[] = [];
  for (let i = 1; form.has(`ResourcesToImport.member.${i}.ResourceType`); i++) {
    const of = (field: string) => form.get(`ResourcesToImport.member.${i}.${field}`) ?? "";
    expectKey(of("ResourceIdentifier.entry.1.key"));
    found.push({ id: of("LogicalResourceId"), name: of("ResourceIdentifier.entry.1.value") });
  }
  return found;
}

function expectKey(key: string): void {
  if (key !== "BucketName") throw new Error(`A bucket is identified by its BucketName, not by ${key}.`);
}

/** What CloudFormation refuses in an import that makes a new stack: what is not imported, and what has no DeletionPolicy. */
function wrongIn(form: URLSearchParams): string | undefined {
  const { Resources, Outputs } = JSON.parse(form.get("TemplateBody") ?? "{}");
  const ids = importsIn(form).map(({ id }) => id);
  if (Outputs !== undefined) return "As part of the import operation, you cannot modify or add [Outputs]";
  const others = Object.keys(Resources).filter((id) => !ids.includes(id));
  if (others.length > 0) return `Resources [${others}] is missing from ResourceToImport list`;
  const loose = ids.find((id) => Resources[id].DeletionPolicy === undefined);
  return loose && `Resources to import must have a DeletionPolicy: ${loose}`;
}

const errorOf = (message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`;

async function takeAway(s3: S3Client, Bucket: string): Promise<Kept> {
  const { Status: versioning } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
  const objects: Kept["objects"] = [];
  const seen = new Set<string>();
  for (;;) {
    const listed = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const all = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])];
    if (all.length === 0) break;
    for (const { Key = "", IsLatest } of listed.Versions ?? []) {
      // What is below the latest version of a key becomes the latest one when that is gone.
      if (IsLatest && !seen.has(Key)) objects.push({ key: Key, bytes: await bytesOf(s3, Bucket, Key) });
    }
    for (const { Key = "" } of all) seen.add(Key);
    const Objects = all.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
  return { bucket: Bucket, versioning, objects };
}

async function bytesOf(s3: S3Client, Bucket: string, Key: string): Promise<Uint8Array> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToByteArray()) ?? new Uint8Array();
}

/** Where the stack did not make the bucket, it is not there, and the test fails. */
async function putBack(s3: S3Client, { bucket: Bucket, versioning, objects }: Kept): Promise<void> {
  if (versioning !== undefined)
    await s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: versioning } }),
    );
  for (const { key, bytes } of objects)
    await s3.send(new PutObjectCommand({ Bucket, Key: key, Body: bytes }));
}
