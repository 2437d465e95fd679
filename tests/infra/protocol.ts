import { type Asker, policiesOf } from "./policies.ts";
import type { Template } from "./privileges.ts";
import { accessesOf } from "./s3-access.ts";

const NEWSROOM = "flashwire-dev-newsroom-123456789012-us-east-1";
const SITE = "flashwire-dev-site-123456789012-us-east-1";
/** What S3 takes of a bucket policy: https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html */
const MAX_POLICY_BYTES = 20_480;

const PROTECTED = [
  `${NEWSROOM}/articles/a.json`,
  `${NEWSROOM}/articles/nested%2Fid.json`,
  `${NEWSROOM}/guids/0.json`,
  `${NEWSROOM}/windows/section/world.json`,
  `${SITE}/feeds/all/rss.xml`,
  `${SITE}/robots.txt`,
  `${SITE}/opml.xml`,
  `${SITE}/license.rsl`,
  `${SITE}/.well-known/tdmrep.json`,
];
/** Objects that no other writer races for: results, notes and the like. */
const OPEN = [`${NEWSROOM}/inbox/a.json`, `${NEWSROOM}/schedule/x`, `${NEWSROOM}/handover/notes/x`];

type Rule = { what: string; asker: Asker; request: Parameters<typeof accessesOf>[0]; allowed: boolean };

const ask = (method: string, path: string, headers: Record<string, string> = {}) => ({
  method,
  url: `/${path}`,
  headers,
});

const ETAG = { "if-match": '"0"' };
const NEW = { "if-none-match": "*" };
const COPY = { "x-amz-copy-source": `${NEWSROOM}/articles/b.json` };

/** Where the policies of a template let through what breaks the protocol, or refuse what keeps it; a line each. */
export function protocolFaults(template: Template): string[] {
  const policies = policiesOf(template);
  const faults = rules().flatMap(({ what, asker, request, allowed }) => {
    const refused = accessesOf(request).flatMap((access) => policies.refusal(asker, access) ?? []);
    if (allowed === (refused.length === 0)) return [];
    return [`${asker} ${allowed ? `may not ${what}: ${refused}` : `may ${what}`}: ${request.url}`];
  });
  const large = policies.bucketPolicies().filter((text) => Buffer.byteLength(text) > MAX_POLICY_BYTES);
  return [...faults, ...large.map((text) => `A bucket policy has ${text.length} bytes.`)];
}

function rules(): Rule[] {
  return [
    ...PROTECTED.flatMap((key) => [...writesOf(key), ...deletesOf(key)]),
    ...OPEN.map((key) => ({
      what: "put",
      asker: "administrator",
      request: ask("PUT", key),
      allowed: true,
    })),
  ];
}

function writesOf(key: string): Rule[] {
  const asker = "administrator";
  const by = (what: string, allowed: boolean, request: Rule["request"], who: Asker = asker): Rule => ({
    what,
    asker: who,
    request,
    allowed,
  });
  return [
    by("put without a condition", false, ask("PUT", key)),
    by("put where nothing is", true, ask("PUT", key, NEW)),
    by("put over what it has seen", true, ask("PUT", key, ETAG)),
    by("copy to", false, ask("PUT", key, COPY)),
    by("begin an upload in parts", true, ask("POST", `${key}?uploads`)),
    by("send a part", true, ask("PUT", `${key}?partNumber=1&uploadId=x`)),
    by("complete an upload without a condition", false, ask("POST", `${key}?uploadId=x`)),
    by("complete an upload where nothing is", true, ask("POST", `${key}?uploadId=x`, NEW)),
    by("put without a condition", true, ask("PUT", key), "MaintenanceRole"),
    ...["IngestRole", "DropRole", "PublishRole", "SweepRole"].map((role) =>
      by("put without a condition", false, ask("PUT", key), role),
    ),
  ];
}

function deletesOf(key: string): Rule[] {
  const by = (asker: Asker, what: string, allowed: boolean, request: Rule["request"]): Rule => ({
    ...{ asker, what, allowed, request },
  });
  const isMade = key.includes("/windows/") || key.includes("/feeds/");
  const isAtRoot = !isMade && key.startsWith(SITE);
  const isVersioned = key.startsWith(NEWSROOM);
  return [
    by("administrator", "delete", false, ask("DELETE", key)),
    by("administrator", "delete what it has seen", false, ask("DELETE", key, ETAG)),
    by("MaintenanceRole", "delete", true, ask("DELETE", key)),
    by("DropRole", "delete what it has seen", false, ask("DELETE", key, ETAG)),
    ...["IngestRole", "PublishRole", "SweepRole"].flatMap((role) => [
      by(role, "delete without a condition", false, ask("DELETE", key)),
      by(
        role,
        "delete what it has seen",
        isMade || (isAtRoot && role === "SweepRole"),
        ask("DELETE", key, ETAG),
      ),
    ]),
    ...(isVersioned
      ? [
          by("administrator", "delete a version", false, ask("DELETE", `${key}?versionId=1`)),
          by("SweepRole", "delete a version", false, ask("DELETE", `${key}?versionId=1`)),
          by("MaintenanceRole", "delete a version", true, ask("DELETE", `${key}?versionId=1`)),
        ]
      : []),
  ];
}
