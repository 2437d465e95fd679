import { join } from "node:path";
import { expect, test } from "vitest";
import { outputsOf } from "../../src/aws/stack.ts";
import type { Wire } from "./deployed.ts";
import { DOMAIN, deploy, packageInto, remove, STACK, snapshotOf, type Template } from "./deployment.ts";

export function redeployChecks(wire: Wire): void {
  test("a deployment that changes nothing changes nothing", async () => {
    const before = await snapshotOf(wire.url);
    const again = join(wire.folder, "again");
    expect(differing(packageInto(again), wire.template)).toEqual([]);
    expect(deploy(again, wire.env)).toContain("No changes to deploy");
    expect(await snapshotOf(wire.url)).toEqual(before);
  });

  test("a deployment that changes something changes that alone", async () => {
    const before = await snapshotOf(wire.url);
    const changed = join(wire.folder, "changed");
    packageInto(changed, { ...DOMAIN, alarmEmail: "desk@example.org" });
    deploy(changed, wire.env);
    const after = await snapshotOf(wire.url);
    expect(after.template.Resources.AlarmEmail.Properties.Endpoint).toBe("desk@example.org");
    expect(differing(after.template, before.template)).toEqual(["AlarmEmail"]);
    expect(after.functions).toEqual(before.functions);
    expect(after.mappings).toEqual(before.mappings);
  });

  test("removal leaves the records", async () => {
    await wire.services.stores.newsroom.put("articles/last.json", Buffer.from("{}"));
    remove(wire.env);
    await expect(outputsOf(STACK)).rejects.toThrow("no stack");
    expect(await wire.services.stores.newsroom.get("articles/last.json")).toBeDefined();
  });
}

/** Resources that are not the same in both, but for the hour in the name of a package. */
function differing(a: Template, b: Template): string[] {
  const text = (resource: unknown) =>
    JSON.stringify(resource)?.replaceAll(/serverless\/flashwire\/[^"]*\//g, "");
  const names = new Set([...Object.keys(a.Resources), ...Object.keys(b.Resources)]);
  return [...names].filter((name) => text(a.Resources[name]) !== text(b.Resources[name]));
}
