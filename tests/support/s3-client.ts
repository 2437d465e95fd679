import { S3Client } from "@aws-sdk/client-s3";
import type { Budget, Timer } from "../../src/store/budget.ts";
import { connect, type S3Connection } from "../../src/store/s3/connection.ts";
import { s3Store } from "../../src/store/s3/store.ts";
import { CREDENTIALS } from "./s3-signature.ts";

/** A client of the tests' own server. */
export function clientOf(endpoint: string, credentials = CREDENTIALS): S3Client {
  return new S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials });
}

/** A connection to the tests' own server that tries each request once. */
export function connectionTo(endpoint: string, budget?: Budget): S3Connection {
  const options = { endpoint, forcePathStyle: true, region: "us-east-1", credentials: CREDENTIALS };
  return connect(new S3Client({ ...options, maxAttempts: 1 }), budget);
}

/** Both stores of a wire on that. */
export function storesAt(endpoint: string, budget?: Budget) {
  const connection = connectionTo(endpoint, budget);
  return { newsroom: s3Store(connection, "newsroom"), published: s3Store(connection, "site") };
}

/** Time that passes when the test says so. */
export function manualTimer(): { timer: Timer; started: number[]; end(): void } {
  const started: number[] = [];
  let run = () => {};
  const timer: Timer = (milliseconds, atEnd) => {
    started.push(milliseconds);
    run = atEnd;
    return () => {
      run = () => {};
    };
  };
  return { timer, started, end: () => run() };
}
