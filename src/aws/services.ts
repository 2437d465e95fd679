import type { S3Client } from "@aws-sdk/client-s3";
import siteFile from "../../flashwire.config.ts";
import { readAwsConfig } from "../config/environment.ts";
import { resolveSite } from "../config/site-file.ts";
import { createParts, createServices, type Parts, type Services } from "../services.ts";
import { s3Client } from "../store/s3/client.ts";
import { s3Store } from "../store/s3/store.ts";
import { counted, createWatch, type Watch } from "./telemetry.ts";

/** A function's part of the wire: made once per process, outside the handler. */
export type AwsParts = { parts: Parts; watch: Watch; newsroom: { client: S3Client; bucket: string } };

/** The same with a publisher. */
export type AwsWire = Omit<AwsParts, "parts"> & { services: Services };

/** The parts on the two buckets that the template names. `service` is the function's name in logs and metrics. */
export function openAwsParts(service: string): AwsParts {
  const { newsroom, site, publicUrl } = readAwsConfig();
  const watch = createWatch(service);
  const client = s3Client();
  const parts = createParts({
    site: resolveSite(siteFile, publicUrl),
    stores: {
      newsroom: counted(s3Store(client, newsroom), watch),
      published: counted(s3Store(client, site), watch, "DocumentsWritten"),
    },
    log: watch.log,
  });
  return { parts, watch, newsroom: { client, bucket: newsroom } };
}

export function openAws(service: string): AwsWire {
  const { parts, ...rest } = openAwsParts(service);
  return { ...rest, services: createServices(parts) };
}
