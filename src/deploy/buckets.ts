import { HeadBucketCommand, type S3Client, type S3ServiceException } from "@aws-sdk/client-s3";
import { type Finding, noted, problem } from "./finding.ts";
import type { DeployedStack } from "./stack.ts";
import { bucketNames, type Wanted } from "./template.ts";

/** Whose a bucket of this name is: of this account, of another one, or nobody's. */
type Owner = "ours" | "others" | "nobody";

/** A bucket of the template that exists and that no stack holds yet. */
export type LostBucket = { id: string; name: string; owner: Exclude<Owner, "nobody"> };

/** Buckets with the names that the template gives, outside of the stack. A removed stage leaves such buckets, with its records. */
export async function lostBuckets(
  s3: S3Client,
  wanted: Wanted,
  deployed: DeployedStack | undefined,
): Promise<LostBucket[]> {
  const held = new Set(deployed?.resources.filter(isThere).map(({ id }) => id));
  const lost: LostBucket[] = [];
  for (const [id, name] of bucketNames(wanted)) {
    if (held.has(id)) continue;
    const owner = await ownerOf(s3, name, wanted.account);
    if (owner !== "nobody") lost.push({ id, name, owner });
  }
  return lost;
}

const isThere = ({ status }: { status: string }) =>
  status !== "DELETE_COMPLETE" && status !== "DELETE_SKIPPED";

export function bucketFindings(lost: LostBucket[]): Finding[] {
  return lost.map(({ name, owner }) =>
    owner === "ours"
      ? noted(
          `The bucket ${name} is there from an earlier deploy.`,
          "the deploy takes it in again, with all that it holds",
        )
      : problem(
          `The bucket ${name} belongs to another account, or these credentials may not see it.`,
          "look with `aws s3api head-bucket`; give the stage another name if it is somebody else's",
        ),
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
async function ownerOf(s3: S3Client, Bucket: string, ExpectedBucketOwner: string): Promise<Owner> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }));
    return "ours";
  } catch (error) {
    const status = (error as S3ServiceException).$metadata?.httpStatusCode;
    if (status === 404) return "nobody";
    if (status === 403 || status === 301) return "others";
    throw error;
  }
}
