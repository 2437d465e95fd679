import type { S3Client } from "@aws-sdk/client-s3";
import siteFile from "../../flashwire.config.ts";
import { readAwsConfig } from "../config/environment.ts";
import { resolveSite } from "../config/site-file.ts";
import { createServices, type Services } from "../services.ts";
import { s3Client } from "../store/s3/client.ts";
import { s3Store } from "../store/s3/store.ts";
import { counted, createWatch, type Watch } from "./telemetry.ts";

/** A function's part of the wire: made once per process, outside the handler. */
export type AwsWire = { services: Services; watch: Watch; newsroom: { client: S3Client; bucket: string } };

/** The services on the two buckets that the template names. `service` is the function's name in logs and metrics. */
export function openAws(service: string): AwsWire {
  const { newsroom, site, publicUrl } = readAwsConfig();
  const watch = createWatch(service);
  const client = s3Client();
  const services = createServices({
    site: resolveSite(siteFile, publicUrl),
    stores: {
      newsroom: counted(s3Store(client, newsroom), watch),
      published: counted(s3Store(client, site), watch, "DocumentsWritten"),
    },
    log: watch.log,
  });
  return { services, watch, newsroom: { client, bucket: newsroom } };
}
