import { problemType } from "../src/contract/problem.ts";
import { PROBLEMS } from "../src/core/errors.ts";
import { directoryKey } from "../src/core/keys.ts";
import type { Site } from "../src/core/site.ts";
import { FORMATS } from "../src/render/formats.ts";
import { matchesPattern } from "./path-pattern.ts";
import { renamedPaths, renamesTooLarge } from "./renamed-feeds.ts";

/** Bytes of a CloudFront Function, https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_FUNCTION_BYTES = 10_240;

const FUNCTION = "ViewerFunction";

/** The file of a page, whose address ends in the slash before it. */
const PAGE_FILE = FORMATS.find(({ forPeople }) => forPeople)?.file;

/** The documents whose stored media type is not the one that readers get: the last segment of the path, and that type. */
const TYPES = Object.fromEntries(
  FORMATS.filter(({ contentType, storedType }) => contentType !== storedType).map(({ file, contentType }) => [
    file,
    contentType,
  ]),
);

/** Whether a path that fits this pattern may be that of a document whose media type the function sets. */
export function mayBeTyped(pattern: string): boolean {
  const last = pattern.slice(pattern.lastIndexOf("/") + 1);
  return Object.keys(TYPES).some((file) => matchesPattern(last, file) || last.startsWith("*"));
}

/** Runs the function before the cache is asked. AWS bills each call. */
export const AT_REQUEST = [association("viewer-request")];

/** Runs the function on the answer of the cache; not where the origin answered 400 or higher. AWS bills each call. */
export const AT_RESPONSE = [association("viewer-response")];

function association(EventType: "viewer-request" | "viewer-response") {
  return { EventType, FunctionARN: { "Fn::GetAtt": [FUNCTION, "FunctionARN"] } };
}

/**
 * The one function of the distribution. No behavior runs it for both events, so that a poll pays for one call at most.
 * Throws `invalid` where the renamed feeds do not fit into it.
 */
export function viewerFunction(site: Pick<Site, "renamed" | "merged">) {
  const code = codeOf(renamedPaths(site));
  const bytes = Buffer.byteLength(code);
  if (bytes > MAX_FUNCTION_BYTES) {
    throw renamesTooLarge(`${MAX_FUNCTION_BYTES} bytes hold all of them at the CDN, and they take ${bytes}`);
  }
  return {
    [FUNCTION]: {
      Type: "AWS::CloudFront::Function",
      Properties: {
        Name: { "Fn::Sub": `\${AWS::StackName}-\${AWS::Region}-viewer` },
        AutoPublish: true,
        FunctionConfig: { Comment: "Addresses and media types of documents", Runtime: "cloudfront-js-2.0" },
        FunctionCode: code,
      },
    },
  };
}

/** The problem document for a page of the list of feeds as the version before named it: the first page would send a program in a circle. */
const NO_AFTER = `${JSON.stringify({
  type: problemType("malformed"),
  ...PROBLEMS.malformed,
  detail: `The list of feeds takes no "after" any more. Begin with /${directoryKey(1)} and follow "next".`,
})}\n`;

/**
 * What runs at the edge, in ECMAScript 5.1
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html; Content-Type is in neither
 * list of headers that a function may not set, edge-functions-restrictions.html). A path that is not old goes on to the bucket; that of a page
 * ends in a slash, and no name of a feed has a dot. The page at the root is not sent on: AWS does not say whether the function gets
 * its path before or after the root object has taken the place of `/`. A 304 has no media type and gets none.
 */
function codeOf(table: Record<string, string>): string {
  return `var NOW = ${JSON.stringify(table)};
var TYPES = ${JSON.stringify(TYPES)};
function handler(event) {
  return event.context.eventType === 'viewer-response' ? typed(event.request, event.response) : placed(event.request);
}
function has(table, key) {
  return Object.prototype.hasOwnProperty.call(table, key);
}
function typed(request, response) {
  var file = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (has(response.headers, 'content-type') && has(TYPES, file)) {
    response.headers['content-type'] = { value: TYPES[file] };
  }
  return response;
}
function placed(request) {
  if (request.uri === '/feeds') return listed(request);
  if (request.uri === '/feeds/' || request.uri === '/feeds/index.html') return sendOn(request, 301, '/');
  return moved(request) || paged(request);
}
function moved(request) {
  var today = request.uri.replace(/i(?:%CC%87)+/g, 'i');
  var end = today.lastIndexOf('/') + 1;
  var folder = today.slice(0, end);
  if (has(NOW, folder)) folder = NOW[folder];
  else if (today === request.uri) return undefined;
  return sendOn(request, 301, folder + today.slice(end));
}
function paged(request) {
  var end = request.uri.lastIndexOf('/') + 1;
  var file = request.uri.slice(end);
  if (file === '') request.uri += '${PAGE_FILE}';
  else if (file === '${PAGE_FILE}' && end > 1) return sendOn(request, 301, request.uri.slice(0, end));
  else if (file.indexOf('.') < 0) return sendOn(request, 301, request.uri + '/');
  return request;
}
function listed(request) {
  if (!has(request.querystring, 'after')) {
    request.uri = '/${directoryKey(1)}';
    return request;
  }
  return {
    statusCode: 400,
    statusDescription: 'Bad Request',
    headers: {
      'content-type': { value: 'application/problem+json' },
      'cache-control': { value: 'no-store' },
      'access-control-allow-origin': { value: '*' },
    },
    body: ${JSON.stringify(NO_AFTER)},
  };
}
function sendOn(request, status, path) {
  var query = [];
  Object.keys(request.querystring).forEach(function (name) {
    var one = request.querystring[name];
    (one.multiValue || [one]).forEach(function (item) {
      query.push(item.value === '' ? name : name + '=' + item.value);
    });
  });
  var search = query.length === 0 ? '' : '?' + query.join('&');
  return {
    statusCode: status,
    statusDescription: status === 301 ? 'Moved Permanently' : 'Found',
    headers: {
      location: { value: 'https://' + request.headers.host.value + path + search },
      'cache-control': { value: 'public, max-age=3600' },
      'access-control-allow-origin': { value: '*' },
    },
  };
}
`;
}
