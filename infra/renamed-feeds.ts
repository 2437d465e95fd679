import { FlashwireError } from "../src/core/errors.ts";
import { documentUrl } from "../src/core/keys.ts";
import { currentName } from "../src/core/renames.ts";
import type { Site } from "../src/core/site.ts";

/** Bytes of a CloudFront Function, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_FUNCTION_BYTES = 10_240;

/** Characters of a path pattern (the same guide, *Cache behavior settings*). */
const MAX_PATTERN = 255;

const FUNCTION = "RenamedFeeds";

/** What readers of the version before may ask for: a name in which the dot of İ is an extra mark, UTF-8 CC 87. */
const DOTTED_I = "/feeds/*i?CC?87*";

/** The paths of old feeds alone, and the function that sends their readers on. */
export function renamedFeeds(site: Pick<Site, "renamed" | "merged">) {
  const table = tableOf(site);
  const code = codeOf(table);
  const bytes = Buffer.byteLength(code);
  if (bytes > MAX_FUNCTION_BYTES) {
    throw tooLarge(`${MAX_FUNCTION_BYTES} bytes hold all of them at the CDN, and they take ${bytes}`);
  }
  return {
    paths: [...Object.keys(table).map(patternOf), DOTTED_I],
    associations: [{ EventType: "viewer-request", FunctionARN: { "Fn::GetAtt": [FUNCTION, "FunctionARN"] } }],
    resources: {
      [FUNCTION]: {
        Type: "AWS::CloudFront::Function",
        Properties: {
          Name: { "Fn::Sub": `\${AWS::StackName}-renamed` },
          AutoPublish: true,
          FunctionConfig: { Comment: "Feeds that have another name now", Runtime: "cloudfront-js-2.0" },
          FunctionCode: code,
        },
      },
    },
  };
}

/** The path of each old feed, and that of the feed which it is now, as they stand in a request. */
function tableOf(site: Pick<Site, "renamed" | "merged">): Record<string, string> {
  const names = Object.keys({ ...site.renamed, ...site.merged });
  return Object.fromEntries(names.map((name) => [pathOf(name), pathOf(currentName(site, name) ?? name)]));
}

const pathOf = (name: string) => documentUrl("", name, "");

/** A pattern may not hold %: ? stands for it. No other feed has such a path, because names are lower case. */
function patternOf(path: string): string {
  const pattern = `${path.replaceAll("%", "?")}*`;
  if (pattern.length > MAX_PATTERN) {
    throw tooLarge(`a path at the CDN has ${MAX_PATTERN} characters at most, and this one has more: ${path}`);
  }
  return pattern;
}

function tooLarge(reason: string): FlashwireError {
  return new FlashwireError("invalid", `The site file names too much under renamed and merged: ${reason}.`);
}

/**
 * What runs at the edge, in ECMAScript 5.1
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html). A path that is
 * not old goes on to the bucket.
 */
function codeOf(table: Record<string, string>): string {
  return `var NOW = ${JSON.stringify(table)};
function handler(event) {
  var request = event.request;
  var today = request.uri.replace(/i(?:%CC%87)+/g, 'i');
  var end = today.lastIndexOf('/') + 1;
  var folder = today.slice(0, end);
  if (Object.prototype.hasOwnProperty.call(NOW, folder)) folder = NOW[folder];
  else if (today === request.uri) return request;
  var query = [];
  Object.keys(request.querystring).forEach(function (name) {
    var one = request.querystring[name];
    (one.multiValue || [one]).forEach(function (item) {
      query.push(item.value === '' ? name : name + '=' + item.value);
    });
  });
  var search = query.length === 0 ? '' : '?' + query.join('&');
  return {
    statusCode: 301,
    statusDescription: 'Moved Permanently',
    headers: {
      location: { value: 'https://' + request.headers.host.value + folder + today.slice(end) + search },
      'cache-control': { value: 'public, max-age=3600' },
      'access-control-allow-origin': { value: '*' },
    },
  };
}
`;
}
