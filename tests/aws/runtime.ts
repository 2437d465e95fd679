import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export type Answer =
  | { ok: true; result: unknown }
  | { ok: false; error: { errorType?: string; errorMessage?: string } };

/** One Lambda environment: the built function under AWS's own runtime client, and the Runtime API that drives it. */
export type LambdaProcess = {
  invoke(event: unknown): Promise<Answer>;
  /** Ends the process at once, as a crash does; the invocation under way answers an error, and the next one starts a new process. */
  crash(): void;
  /** Milliseconds of CPU that the process has used. */
  cpu(): number;
  /** The most memory that the process now running has held, MB. */
  peak(): number;
  output(): string;
  stop(): Promise<void>;
};

export async function startFunction(options: {
  folder: string;
  handler: string;
  modules: string;
  name: string;
  /** Seconds. */
  timeout: number;
  /** MB that the template gives the function; without it Node takes what it likes. */
  memory?: number;
  env: Record<string, string>;
}): Promise<LambdaProcess> {
  let child: ChildProcess | undefined;
  let waiting: ServerResponse | undefined;
  let queued: { id: string; event: unknown; resolve: (answer: Answer) => void } | undefined;
  let current: typeof queued;
  let output = "";
  let count = 0;

  const settle = (answer: Answer) => {
    current?.resolve(answer);
    current = undefined;
  };
  const offer = () => {
    if (waiting === undefined || queued === undefined) return;
    current = queued;
    queued = undefined;
    waiting.writeHead(200, {
      "Lambda-Runtime-Aws-Request-Id": current.id,
      "Lambda-Runtime-Deadline-Ms": String(Date.now() + options.timeout * 1_000),
      "Lambda-Runtime-Invoked-Function-Arn": `arn:aws:lambda:us-east-1:123456789012:function:${options.name}`,
    });
    waiting.end(JSON.stringify(current.event));
    waiting = undefined;
  };

  const api = createServer((request, response) => {
    if (request.url?.endsWith("/next")) {
      waiting = response;
      return offer();
    }
    const parts: Buffer[] = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      response.writeHead(202).end();
      const body = JSON.parse(Buffer.concat(parts).toString() || "null");
      settle(request.url?.endsWith("/response") ? { ok: true, result: body } : { ok: false, error: body });
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const { port } = api.address() as AddressInfo;

  const start = () => {
    const ric = join(options.modules, "aws-lambda-ric", "index.mjs");
    const preloads = ["native-client.cjs", "edge-network.cjs"].flatMap((file) => [
      "--require",
      join(import.meta.dirname, file),
    ]);
    const heap = options.memory === undefined ? [] : [`--max-old-space-size=${options.memory}`];
    child = spawn(process.execPath, [...heap, ...preloads, ric, options.handler], {
      cwd: options.folder,
      env: {
        PATH: process.env.PATH,
        ...options.env,
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        LAMBDA_TASK_ROOT: options.folder,
        AWS_LAMBDA_FUNCTION_NAME: options.name,
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${options.name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: "check",
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memory ?? 1_024),
        _HANDLER: options.handler,
      },
    });
    const collect = (part: Buffer) => {
      output += part;
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("exit", () => {
      child = undefined;
      waiting = undefined;
      // Also an invocation that it has not fetched yet.
      current ??= queued;
      queued = undefined;
      settle({ ok: false, error: { errorType: "Runtime.ExitError", errorMessage: output.slice(-2_000) } });
    });
  };

  return {
    invoke: (event) =>
      new Promise((resolve) => {
        if (child === undefined) start();
        queued = { id: `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`, event, resolve };
        offer();
      }),
    crash: () => child?.kill("SIGKILL"),
    cpu() {
      const fields = readFileSync(`/proc/${child?.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    peak() {
      const [, kilobytes] =
        /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${child?.pid}/status`, "utf8")) ?? [];
      return Number(kilobytes) / 1_024;
    },
    output: () => output,
    async stop() {
      child?.kill("SIGKILL");
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}
