import type { Asked, Reply } from "./http.ts";
import type { Json, Template } from "./template.ts";

/*
 * A response headers policy, put on every answer of a behavior:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
 */

type Added = { name: string; value: string; override: boolean };

export function withPolicy(template: Template, behavior: Json, asked: Asked, reply: Reply): Reply {
  const id = behavior.ResponseHeadersPolicyId?.Ref;
  if (id === undefined) return reply;
  const config = template.Resources[id].Properties.ResponseHeadersPolicyConfig;
  const headers = { ...reply.headers };
  for (const { name, value, override } of [...cors(config, asked), ...security(config), ...custom(config)]) {
    if (override || headers[name] === undefined) headers[name] = value;
  }
  return { ...reply, headers };
}

/** CORS headers go into answers to CORS requests, some of them into answers to preflights alone. */
function cors({ CorsConfig: config }: Json, { method, headers: { origin, ...headers } }: Asked): Added[] {
  if (config === undefined || origin === undefined) return [];
  const isPreflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
  const added = (name: string, values: (string | number)[]): Added => ({
    name: `access-control-${name}`,
    value: values.join(", "),
    override: config.OriginOverride,
  });
  const { Items: origins } = config.AccessControlAllowOrigins;
  if (!origins.includes("*") && !origins.includes(origin)) return [];
  return [
    added("allow-origin", [origins.includes("*") ? "*" : origin]),
    added("expose-headers", config.AccessControlExposeHeaders.Items),
    ...(isPreflight
      ? [
          added("allow-methods", config.AccessControlAllowMethods.Items),
          added("allow-headers", config.AccessControlAllowHeaders.Items),
          added("max-age", [config.AccessControlMaxAgeSec]),
        ]
      : []),
  ];
}

function security({ SecurityHeadersConfig: config = {} }: Json): Added[] {
  const { StrictTransportSecurity: sts, ContentTypeOptions: sniffing } = config;
  const { ContentSecurityPolicy: content, ReferrerPolicy: referrer } = config;
  return [
    ...(sts
      ? [
          {
            name: "strict-transport-security",
            value: `max-age=${sts.AccessControlMaxAgeSec}`,
            override: sts.Override,
          },
        ]
      : []),
    ...(content
      ? [
          {
            name: "content-security-policy",
            value: content.ContentSecurityPolicy,
            override: content.Override,
          },
        ]
      : []),
    ...(referrer
      ? [{ name: "referrer-policy", value: referrer.ReferrerPolicy, override: referrer.Override }]
      : []),
    ...(sniffing ? [{ name: "x-content-type-options", value: "nosniff", override: sniffing.Override }] : []),
  ];
}

function custom({ CustomHeadersConfig: config }: Json): Added[] {
  return (config?.Items ?? []).map(({ Header, Value, Override }: Json) => ({
    name: Header.toLowerCase(),
    value: Value,
    override: Override,
  }));
}
