import { type Asked, NO_BODY, type Origin, type Reply } from "./http.ts";
import { originHeaders } from "./secrets.ts";
import type { Json, Template } from "./template.ts";

/** Sends requests to the origins of a distribution; `asked` counts them. `by`: what plays each origin, by its id. */
export function createOrigins(template: Template, by: Record<string, Origin>, counts: { origin: number }) {
  const { Origins, OriginGroups } = template.Resources.Distribution.Properties.DistributionConfig;

  const askOne = (id: string, asked: Asked): Promise<Reply> => {
    counts.origin++;
    const { OriginPath = "", ...origin } = Origins.find(({ Id }: Json) => Id === id);
    const headers = {
      ...asked.headers,
      // "If a header is present, CloudFront overwrites the header value" (add-origin-custom-headers.html).
      ...Object.fromEntries(originHeaders(template, origin)),
    };
    const play = by[id];
    if (play === undefined) throw new Error(`Nobody plays the origin ${id}.`);
    return play({ ...asked, path: `${OriginPath}${asked.path}`, headers }).catch(unreachable);
  };

  /**
   * Asks the target of a behavior: an origin, or a group, whose second origin is asked where the first cannot be reached or answers one of
   * the group's statuses: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
   */
  return async (target: string, asked: Asked): Promise<Reply> => {
    const group = OriginGroups?.Items.find(({ Id }: Json) => Id === target);
    if (group === undefined) return askOne(target, asked);
    const [first, second] = group.Members.Items.map(({ OriginId }: Json): string => OriginId);
    const reply = await askOne(first, asked);
    const fails = [...group.FailoverCriteria.StatusCodes.Items];
    return reply === UNREACHABLE || fails.includes(reply.status) ? askOne(second, asked) : reply;
  };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html */
const UNREACHABLE: Reply = { status: 502, headers: { "content-type": "text/html" }, body: NO_BODY };

const unreachable = () => UNREACHABLE;
