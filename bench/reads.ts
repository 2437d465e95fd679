import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuMsOf, untilIdle } from "./reads/cpu.ts";
import { poll, requestBytes } from "./reads/poll.ts";
import { type Server, startBare, startFlashwire, startNginx, writeDocument } from "./reads/servers.ts";
import { median, ms, peakMegabytes, progress, type Row } from "./support.ts";

const PATH = "/feeds/all/rss.xml";
const ROUNDS = 5;
/** Before the first round, so that what a process compiles as it goes is compiled. */
const WARM_UP = 30_000;
const POLLS = 10_000;

/**
 * What readers ask, how many of them at once, and by how much Flashwire may take more CPU for it than nginx does. One reader at a
 * time: the server sleeps between two polls. Eight: the server is busy all the time, and what it is asked waits for it.
 */
const KINDS = [
  { name: "304, one reader at a time", status: 304, readers: 1, reach: 3 },
  { name: "304, eight at once", status: 304, readers: 8, reach: 3 },
  { name: "gzip 200, one reader at a time", status: 200, readers: 1, reach: 4 },
  { name: "gzip 200, eight at once", status: 200, readers: 8, reach: 4 },
] as const;

type Kind = (typeof KINDS)[number];

type Servers = { wire: Server; nginx: Server | undefined; bare: Server };

/** CPU of the server for one poll of a feed: `npm start`, beside nginx and the least that Node can do. */
export async function readsBench(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "flashwire-bench-reads-"));
  const started: Server[] = [];
  const keep = <S extends Server | undefined>(server: S): S => {
    if (server) started.push(server);
    return server;
  };
  try {
    const wire = keep(await startFlashwire(folder));
    const file = writeDocument(folder, PATH, await documentOf(wire));
    const servers = { wire, nginx: keep(await startNginx(folder)), bare: keep(await startBare(file, PATH)) };
    if (!servers.nginx) process.stderr.write("NGINX IS NOT INSTALLED: no ratio can be told.\n");
    await untilIdle(wire.pid);
    const times = await measure(started);
    if (times === undefined)
      return [row("CPU of one poll", "this system has no /proc/PID/schedstat", wire, "", false)];
    return KINDS.flatMap((kind) => rowsOf(kind, times, servers));
  } finally {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  }
}

async function documentOf({ port }: Server): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${port}${PATH}`, {
    headers: { "Accept-Encoding": "identity" },
  });
  return Buffer.from(await response.arrayBuffer());
}

/** Milliseconds of CPU a poll, one for each round; the rounds of all servers take turns. */
type Times = Map<string, number[]>;

const placeOf = (server: Server, kind: Kind) => `${server.name}: ${kind.name}`;

async function measure(servers: Server[]): Promise<Times | undefined> {
  const times: Times = new Map();
  for (let round = 0; round <= ROUNDS; round++) {
    progress(round === 0 ? "reads: warming up" : `reads: round ${round} of ${ROUNDS}`);
    for (const kind of KINDS) {
      for (const server of servers) {
        const time = await cpuOfPoll(server, kind, round === 0 ? WARM_UP : POLLS);
        if (time === undefined) return undefined;
        const place = placeOf(server, kind);
        if (round > 0) times.set(place, [...(times.get(place) ?? []), time]);
      }
    }
  }
  return times;
}

async function cpuOfPoll(server: Server, kind: Kind, count: number): Promise<number | undefined> {
  const request = await requestFor(server, kind);
  const before = cpuMsOf(server.pid);
  await poll(server.port, request, kind.status, { readers: kind.readers, count });
  const after = cpuMsOf(server.pid);
  return before === undefined || after === undefined ? undefined : (after - before) / count;
}

async function requestFor({ port }: Server, { status }: Kind): Promise<Buffer> {
  const gzip = { "Accept-Encoding": "gzip" };
  if (status === 200) return requestBytes(PATH, gzip);
  const first = await fetch(`http://127.0.0.1:${port}${PATH}`, { headers: gzip });
  await first.arrayBuffer();
  return requestBytes(PATH, { ...gzip, "If-None-Match": first.headers.get("etag") ?? "" });
}

function rowsOf(kind: Kind, times: Times, { wire, nginx, bare }: Servers): Row[] {
  const of = (server: Server) => median(times.get(placeOf(server, kind)) ?? []);
  const title = `CPU of one poll, ${kind.name}`;
  const limit = `≤ ${kind.reach} × nginx`;
  const least = row(
    "… node:http with everything in memory",
    `${ms(of(bare))}: Flashwire takes ${(of(wire) / of(bare)).toFixed(1)} ×`,
    bare,
  );
  if (!nginx) return [row(title, `${ms(of(wire))}; NGINX IS NOT INSTALLED`, wire, limit, false), least];
  const ratio = of(wire) / of(nginx);
  return [
    row(title, `${ms(of(wire))}: ${ratio.toFixed(1)} × nginx`, wire, limit, ratio <= kind.reach),
    row("… nginx, static files with compressed copies", ms(of(nginx)), nginx),
    least,
  ];
}

function row(measure: string, value: string, { pid }: Pick<Server, "pid">, reach = "", ok = true): Row {
  return { measure, value, reach, ok, peak: peakMegabytes(pid) };
}
