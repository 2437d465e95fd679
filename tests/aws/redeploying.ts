import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { expect, test } from "vitest";
import { outputsOf } from "../../src/aws/stack.ts";
import { differing } from "../../src/deploy/running.ts";
import type { Wire } from "./deployed.ts";
import {
  DOMAIN,
  deploy,
  deployBeside,
  doctor,
  packageInto,
  remove,
  STACK,
  snapshotOf,
  switchOffMappings,
} from "./deployment.ts";
import { startImporting } from "./importing.ts";

export function redeployChecks(wire: Wire): void {
  test("a deployment that changes nothing changes nothing", async () => {
    const before = await snapshotOf(wire.url);
    const again = join(wire.folder, "again");
    expect(differing(packageInto(again), wire.template)).toEqual([]);
    const said = deploy(again, wire.env);
    expect(said).toContain("No changes to deploy");
    // Behind all that the CLI says: the stage has no address for its alarms.
    expect(said.trimEnd().split("\n").slice(-3)[0]).toMatch(
      /^NOBODY IS TOLD .* its \d+ alarms have no address\.$/,
    );
    expect(await snapshotOf(wire.url)).toEqual(before);
  });

  test("a deployment that changes something changes that alone", async () => {
    const before = await snapshotOf(wire.url);
    const changed = join(wire.folder, "changed");
    packageInto(changed, { ...DOMAIN, alarmEmail: "desk@example.org" });
    expect(deploy(changed, wire.env)).not.toContain("NOBODY IS TOLD");
    const after = await snapshotOf(wire.url);
    const changes = differing(after.template, before.template);
    expect(changes).toEqual([expect.stringMatching(/^AlarmEmail/)]);
    expect(after.template.Resources[changes[0] as string].Properties.Endpoint).toBe("desk@example.org");
    expect(after.functions).toEqual(before.functions);
    // Mappings wait for the new resource, too. The look-alike takes that for a change, and switches them on as the template says.
    const mappings = ({ mappings }: typeof before) =>
      mappings.map(({ State: _, ...mapping }: object & { State?: string }) => mapping);
    expect(mappings(after)).toEqual(mappings(before));
    await switchOffMappings(wire.url);
  });

  test("when a deployment would drop the domain or an address, it stops before it changes anything", async () => {
    const before = await snapshotOf(wire.url);
    const without = join(wire.folder, "without");
    packageInto(without, {});
    await expect(deployBeside(without, wire.env)).rejects.toThrow(
      /read at wire\.test, and this deploy takes that domain away[\s\S]*go to desk@example\.org by mail, and this deploy ends that/,
    );
    expect(await snapshotOf(wire.url)).toEqual(before);
    const noAlarms = join(wire.folder, "no-alarms");
    packageInto(noAlarms);
    deploy(noAlarms, { ...wire.env, FLASHWIRE_DROP: "alarmEmail" });
    expect(differing((await snapshotOf(wire.url)).template, wire.template)).toEqual([]);
  });

  test("when the stack is in a state that cannot be deployed, the deployment says what to type", async () => {
    const player = await startImporting(wire.url);
    player.state = "UPDATE_ROLLBACK_FAILED";
    const env = { ...wire.env, AWS_ENDPOINT_URL: player.url };
    await expect(deployBeside(join(wire.folder, "again"), env)).rejects.toThrow(
      /UPDATE_ROLLBACK_FAILED\. -> .*aws cloudformation continue-update-rollback --stack-name flashwire-dev/,
    );
    player.stop();
  });

  test("when what was deployed runs, the doctor says so, and names what the next deployment would fail by", async () => {
    const { lines, code } = await doctor(join(wire.folder, "package"), wire.env);
    const text = lines.join("\n");
    expect(text).toContain("ok      The deployed template is the one that this checkout makes.");
    expect(
      text.match(/^ok {6}The function flashwire-dev-\w+ runs the code of this checkout\.$/gm),
    ).toHaveLength(4);
    // The look-alike has no certificate.
    expect(lines.filter((line) => line.startsWith("PROBLEM"))).toEqual([
      expect.stringMatching(/^PROBLEM This account has no certificate arn:.* -> aws acm list-certificates/),
    ]);
    expect(code).toBe(1);
  });

  test("removal leaves the records", async () => {
    await wire.services.stores.newsroom.put("articles/last.json", Buffer.from("{}"));
    remove(wire.env);
    await expect(outputsOf(STACK)).rejects.toThrow("no stack");
    expect(await wire.services.stores.newsroom.get("articles/last.json")).toBeDefined();
  });

  test("when a removed stage has left its records, the doctor says what the next deployment does", async () => {
    const { lines } = await doctor(join(wire.folder, "package"), wire.env);
    expect(lines).toContain("ok      There is no stack flashwire-dev in us-east-1 yet.");
    expect(lines.find((line) => line.includes("-newsroom-"))).toMatch(
      /is there from an earlier deploy\. -> the deploy/,
    );
  });

  test("when the stage comes back over the remains of a failed deployment, the same command brings its records back", async () => {
    const player = await startImporting(wire.url);
    const Resources = { Remains: { Type: "AWS::SNS::Topic" } };
    await new CloudFormationClient({}).send(
      new CreateStackCommand({ StackName: STACK, TemplateBody: JSON.stringify({ Resources }) }),
    );
    player.state = "ROLLBACK_COMPLETE";
    const again = join(wire.folder, "again");
    packageInto(again);
    const said = await deployBeside(again, { ...wire.env, AWS_ENDPOINT_URL: player.url });
    expect(said).toContain("The stack has taken in the bucket flashwire-dev-newsroom-");
    expect(player.imported).toContain(wire.outputs.NewsroomBucketName);
    expect((await outputsOf(STACK)).NewsroomBucketName).toBe(wire.outputs.NewsroomBucketName);
    expect((await snapshotOf(wire.url)).template.Resources.Remains).toBeUndefined();
    expect(await wire.services.stores.newsroom.get("articles/last.json")).toBeDefined();
    player.stop();
  });
}
