/** A CloudFormation template, as far as a deploy is checked by it. */
export type Resource = {
  Type: string;
  Properties?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
};
export type Template = { Resources: Record<string, Resource> };

/** What is to be deployed, and where. */
export type Wanted = { stack: string; stage: string; region: string; account: string; template: Template };

export function ofType(
  { Resources }: Template,
  type: string,
): [name: string, properties: Record<string, unknown>][] {
  return Object.entries(Resources).flatMap(([name, { Type, Properties = {} }]) =>
    Type === type ? [[name, Properties] as [string, Record<string, unknown>]] : [],
  );
}

/** The names of the buckets to which the template gives one, by logical id. */
export function bucketNames({ template, region, account }: Wanted): Map<string, string> {
  return new Map(
    ofType(template, "AWS::S3::Bucket").flatMap(([id, { BucketName }]) => {
      const text = (BucketName as { "Fn::Sub"?: string } | undefined)?.["Fn::Sub"] ?? BucketName;
      if (typeof text !== "string") return [];
      return [
        [id, text.replace(/\$\{AWS::AccountId\}/, account).replace(/\$\{AWS::Region\}/, region)] as const,
      ];
    }),
  );
}

/** Texts at a place of a template, with those that an `Fn::If` of an earlier version chooses; empty ones said "none". */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  const [, chosen] = (value as { "Fn::If"?: unknown[] } | undefined)?.["Fn::If"] ?? [];
  return chosen === undefined ? [] : textsOf(chosen);
}
