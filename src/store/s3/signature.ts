import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

export type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined };

/** A request without a query. The path as it is sent; the names of headers in lower case, `x-amz-content-sha256` among them. */
export type Unsigned = { method: string; path: string; headers: Record<string, string> };

/** Answers all headers of the request, with its time, the token of the credentials, and the signature. */
export type Signer = (request: Unsigned, credentials: Credentials, at: Date) => Record<string, string>;

/** The headers that say what a request means. Other headers may be changed on their way. */
const SIGNED = /^(host|content-type|if-.*|x-amz-.*)$/;

/**
 * Signs requests to S3 in one region by Signature Version 4
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 */
export function createSigner(region: string): Signer {
  const keyOf = rememberedKey(region);
  return ({ method, path, headers }, { accessKeyId, secretAccessKey, sessionToken }, at) => {
    const time = at.toISOString().replace(/[-:]|\.\d+/g, "");
    const day = time.slice(0, 8);
    const token = sessionToken === undefined ? undefined : { "x-amz-security-token": sessionToken };
    const all: Record<string, string> = { ...headers, "x-amz-date": time, ...token };
    const names = Object.keys(all)
      .filter((name) => SIGNED.test(name))
      .sort();
    const lines = names.map((name) => `${name}:${all[name]}\n`).join("");
    const signed = names.join(";");
    const canonical = [method, path, "", lines, signed, all["x-amz-content-sha256"]].join("\n");
    const scope = `${day}/${region}/s3/aws4_request`;
    const text = ["AWS4-HMAC-SHA256", time, scope, hash("sha256", canonical)].join("\n");
    const signature = hmac(keyOf(secretAccessKey, day), text).toString("hex");
    const credential = `Credential=${accessKeyId}/${scope}`;
    const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed}, Signature=${signature}`;
    return { ...all, authorization };
  };
}

/** The key of a day, made once. As an object of its own, because Node takes six times as long with one of bytes. */
function rememberedKey(region: string): (secret: string, day: string) => KeyObject {
  let made: { of: string; key: KeyObject } | undefined;
  return (secret, day) => {
    const of = day + secret;
    if (made?.of !== of) {
      const key = [region, "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, day));
      made = { of, key: createSecretKey(key) };
    }
    return made.key;
  };
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
