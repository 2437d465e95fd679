import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { freePort } from "../../tests/aws/tools.ts";
import { startArguments } from "../../tests/support/child-wire.ts";
import { benchArticle } from "../articles.ts";

export type Server = { name: string; port: number; pid: number; stop(): Promise<void> };

const ROOT = join(import.meta.dirname, "../..");
const TOKEN = "token-of-the-bench";

/** More than a feed shows. */
const STORIES = 60;

/** `npm start` on a folder of its own, with full feeds. */
export async function startFlashwire(folder: string): Promise<Server> {
  const port = await freePort();
  const env = {
    ...process.env,
    ...{ PORT: String(port), HOST: "127.0.0.1", FLASHWIRE_DATA: join(folder, "wire") },
    FLASHWIRE_TOKEN: TOKEN,
  };
  const child = spawn(process.execPath, startArguments(), {
    cwd: ROOT,
    env,
    stdio: "ignore",
  });
  const server = await started("Flashwire", port, child);
  for (let n = 0; n < STORIES; n++) {
    const response = await fetch(`http://127.0.0.1:${port}/articles/story-${n}?wait=published`, {
      method: "PUT",
      headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" },
      body: JSON.stringify(benchArticle(n)),
    });
    if (!response.ok) throw new Error(`Flashwire answers ${response.status}: ${await response.text()}`);
  }
  return server;
}

/** Puts the document where nginx and the bare server look for it, and its compressed copy beside it. */
export function writeDocument(folder: string, path: string, body: Buffer): string {
  const file = join(folder, "static", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, body);
  writeFileSync(`${file}.gz`, gzipSync(body));
  return file;
}

/** Undefined where nginx is not installed. One process, no log, compressed copies from the disk: nginx at its best. */
export async function startNginx(folder: string): Promise<Server | undefined> {
  try {
    execFileSync("nginx", ["-v"], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const port = await freePort();
  const conf = join(folder, "nginx.conf");
  writeFileSync(conf, nginxConf(folder, port));
  const child = spawn("nginx", ["-c", conf, "-p", folder, "-e", "stderr"], { stdio: "ignore" });
  return started("nginx, static files", port, child);
}

const nginxConf = (folder: string, port: number) => `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  gzip_static on;
  gzip_vary on;
  keepalive_requests 100000000;
  client_body_temp_path ${folder}/nginx-body;
  proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-fastcgi;
  uwsgi_temp_path ${folder}/nginx-uwsgi;
  scgi_temp_path ${folder}/nginx-scgi;
  types { application/rss+xml xml; }
  server {
    listen 127.0.0.1:${port};
    root ${folder}/static;
    add_header Cache-Control "public, max-age=30";
    add_header Access-Control-Allow-Origin "*";
    add_header X-Content-Type-Options nosniff;
  }
}
`;

/** Node's own HTTP server with everything made before. */
export async function startBare(file: string, path: string): Promise<Server> {
  const port = await freePort();
  const args = [join(import.meta.dirname, "bare.ts"), String(port), file, path];
  return started("node:http, bare", port, spawn(process.execPath, args, { stdio: "ignore" }));
}

/** Answers when the server answers requests. */
async function started(name: string, port: number, child: ChildProcess): Promise<Server> {
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    if (await isUp(port)) return { name, port, pid: child.pid ?? 0, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGKILL");
  throw new Error(`${name} does not start.`);
}

/** A wire that still starts closes each connection to its port without an answer. */
function isUp(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" }).then(
    () => true,
    () => false,
  );
}
