import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { commandChecks } from "./commands.ts";
import { deployWire, FUNCTIONS, type Wire } from "./deployed.ts";
import { dropChecks } from "./dropping.ts";
import { faultChecks } from "./faults.ts";
import { pastTheCdnChecks } from "./past-the-cdn.ts";
import { operatorChecks, protectionChecks, rightsChecks } from "./protecting.ts";
import { publishingChecks } from "./publishing.ts";
import { redeployChecks } from "./redeploying.ts";
import { statusChecks } from "./status.ts";

/*
 * The wire as it is deployed: the packaged template into a look-alike of AWS, the packaged zips under the runtime
 * client of Lambda. The look-alike applies no notifications and runs no functions: both are played here, by the book.
 * One deployment for all checks, in this order: the last one removes it.
 */

const wire = {} as Wire;

beforeAll(async () => {
  Object.assign(wire, await deployWire());
});

afterAll(() => wire.stop?.());

describe("the deployed wire", () => {
  // The API has everything: the door, the renderer with pages and their words in all languages, publishing and the descriptions of itself.
  test("every zip is below 224 KB, that of the API below 272", () => {
    for (const name of FUNCTIONS) {
      const most = (name === "ingest" ? 272 : 224) * 1_024;
      expect(statSync(join(wire.folder, "package", `${name}.zip`)).size, name).toBeLessThan(most);
    }
  });

  test("each queue has its function, which says which messages failed", () => {
    const found = wire.mappings.map(({ EventSourceArn, BatchSize, FunctionResponseTypes }) => ({
      queue: /-(\w+)-\w+$/.exec(EventSourceArn)?.[1],
      BatchSize,
      FunctionResponseTypes,
    }));
    const FunctionResponseTypes = ["ReportBatchItemFailures"];
    expect(found).toContainEqual({ queue: "PublishQueue", BatchSize: 100, FunctionResponseTypes });
    expect(found).toContainEqual({ queue: "DropQueue", BatchSize: 1, FunctionResponseTypes });
  });
});

describe("publishing", () => publishingChecks(wire));
describe("faults", () => faultChecks(wire));
describe("dropped files", () => dropChecks(wire));
describe("protection", () => protectionChecks(wire));
describe("operators", () => operatorChecks(wire));
describe("past the CDN", () => pastTheCdnChecks(wire));
describe("commands", () => commandChecks(wire));
describe("status", () => statusChecks(wire));
describe("rights", () => rightsChecks(wire));
describe("deploying again", () => redeployChecks(wire));
