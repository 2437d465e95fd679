import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/**
 * The least that a server on `node:http` can do: `node bare.ts PORT FILE PATH`. It has one document in memory, compressed, with its
 * headers made once, and asks nothing of the disk. Flashwire cannot be faster than this.
 */
const [port, file = "", path] = process.argv.slice(2);
const body = readFileSync(`${file}.gz`);
const etag = `"${createHash("md5").update(body).digest("hex")}"`;
const common = {
  ETag: etag,
  "Last-Modified": new Date().toUTCString(),
  "Cache-Control": "public, max-age=30",
  Vary: "Accept-Encoding",
};
const whole = {
  ...common,
  "Content-Type": "application/rss+xml; charset=utf-8",
  "Content-Encoding": "gzip",
  "Content-Length": body.length,
};

createServer((request, response) => {
  if (request.url !== path) response.writeHead(404).end();
  else if (request.headers["if-none-match"] === etag) response.writeHead(304, common).end();
  else response.writeHead(200, whole).end(body);
}).listen(Number(port), "127.0.0.1");
