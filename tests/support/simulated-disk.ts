import {
  appendFileSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { DiskCalls } from "../../src/store/file/disk-calls.ts";
import type { Random } from "../simulation/random.ts";

/**
 * A disk that loses power. The calls go to a real folder, and into a model of what is certain to be on the disk: what a
 * sync that has ended had found when it began. `afterCut` answers one of the states in which a cut at this moment may
 * leave the disk. It is as bad as POSIX allows: each change of a folder that is not synced may be there or not, whatever
 * happened to the others; the end of a file that is not synced may be missing, or be zeros.
 *
 * Syncs take a few turns of the event loop, by the seed of `random`, and nothing else waits: one seed, one order of steps.
 */
export type SimulatedDisk = {
  calls: DiskCalls;
  /** Called after each step in which the disk changes. */
  onStep: () => void;
  /** Makes the next sync of a folder fail. */
  failFolderSync(): void;
  /** Paths of files below the root with what is in them. */
  afterCut(choose: Choose): State;
};

/** What a disk holds: a file as its bytes, a folder as another state. */
export type State = Map<string, Buffer | State>;

/** Picks one of so many possibilities, from 0 (nothing that was not synced is there) to the last (all of it is). */
export type Choose = (possibilities: number) => number;

export const OLDEST: Choose = () => 0;
export const NEWEST: Choose = (possibilities) => possibilities - 1;

/** The versions of a file, or the changes of a folder, in their order; the first `synced` of them are on the disk. */
type File = { versions: Buffer[]; synced: number };
type Folder = { changes: { name: string; node: Node | undefined }[]; synced: number };
type Node = File | Folder;

const newFile = (): File => ({ versions: [Buffer.alloc(0)], synced: 1 });
const newFolder = (): Folder => ({ changes: [], synced: 0 });

/** The root is on the disk, and empty. */
export function simulatedDisk(root: string, random: Random): SimulatedDisk {
  const top = newFolder();
  const open = new Map<number, Node>();
  let failing = false;

  const disk: SimulatedDisk = {
    calls: undefined as unknown as DiskCalls,
    onStep: () => {},
    failFolderSync() {
      failing = true;
    },
    afterCut: (choose) => stateOf(top, choose),
  };

  function nodeAt(path: string): Node | undefined {
    const names = relative(root, resolve(path)).split("/");
    if (names[0] === "..") return undefined;
    return names.reduce<Node | undefined>((node, name) => (name === "" ? node : lookUp(node, name)), top);
  }

  function change(path: string, node: Node | undefined): void {
    const parent = nodeAt(dirname(path));
    if (parent === undefined || !("changes" in parent)) return;
    if (node === undefined && lookUp(parent, basename(path)) === undefined) return;
    parent.changes.push({ name: basename(path), node });
    disk.onStep();
  }

  function opened(file: number, path: string, makes: boolean): number {
    let node = nodeAt(path);
    if (node === undefined && makes) {
      node = newFile();
      change(path, node);
    } else if (makes && node !== undefined && "versions" in node) node.versions.push(Buffer.alloc(0));
    // A folder outside of the root is always on the disk.
    open.set(file, node ?? newFolder());
    return file;
  }

  function write(file: number, update: (now: Buffer) => Buffer): void {
    const node = open.get(file) as File;
    node.versions.push(update(node.versions.at(-1) as Buffer));
    disk.onStep();
  }

  /** From the end of a sync, what was there at its beginning is on the disk. */
  function startSync(file: number): () => void {
    const node = open.get(file) as Node;
    if (failing && "changes" in node) {
      failing = false;
      throw Object.assign(new Error("EIO"), { code: "EIO" });
    }
    const found = "changes" in node ? node.changes.length : node.versions.length;
    return () => {
      node.synced = Math.max(node.synced, found);
      disk.onStep();
    };
  }

  async function sync(file: number): Promise<void> {
    const end = startSync(file);
    for (let turns = random.below(4); turns >= 0; turns--) await turn();
    end();
  }

  function makeFolders(path: string): string | undefined {
    if (nodeAt(path) !== undefined) return undefined;
    const first = makeFolders(dirname(path));
    change(path, newFolder());
    return first ?? path;
  }

  disk.calls = {
    openSync: (path, flags) => opened(openSync(path, flags), path, flags !== "r"),
    writeFileSync(file, bytes) {
      writeFileSync(file, bytes);
      write(file, (now) => Buffer.concat([now, bytes]));
    },
    fsyncSync: (file) => startSync(file)(),
    closeSync,
    renameSync(from, to) {
      renameSync(from, to);
      const node = nodeAt(from);
      change(to, node);
      change(from, undefined);
    },
    rmSync(path, options) {
      rmSync(path, options);
      change(path, undefined);
    },
    mkdirSync(path, options) {
      mkdirSync(path, options);
      return makeFolders(resolve(path));
    },
    fsync: sync,
    async openLines(path, flags) {
      const file = opened(openSync(path, flags), path, true);
      let closed = false;
      const unlessClosed = () => {
        if (closed) throw Object.assign(new Error("file closed"), { code: "EBADF" });
      };
      return {
        async appendFile(lines) {
          unlessClosed();
          await turn();
          appendFileSync(file, lines);
          write(file, (now) => Buffer.concat([now, Buffer.from(lines)]));
        },
        async datasync() {
          unlessClosed();
          await sync(file);
        },
        async truncate(bytes) {
          unlessClosed();
          ftruncateSync(file, bytes);
          write(file, () => Buffer.alloc(0));
        },
        async close() {
          unlessClosed();
          closed = true;
          closeSync(file);
        },
      };
    },
  };
  return disk;
}

function lookUp(node: Node | undefined, name: string): Node | undefined {
  if (node === undefined || !("changes" in node)) return undefined;
  return node.changes.findLast((change) => change.name === name)?.node;
}

function stateOf(folder: Folder, choose: Choose): State {
  const state: State = new Map();
  for (const name of new Set(folder.changes.map((change) => change.name))) {
    const onDisk = folder.changes.slice(0, folder.synced).findLast((change) => change.name === name)?.node;
    const later = folder.changes.slice(folder.synced).filter((change) => change.name === name);
    const possible = [onDisk, ...later.map(({ node }) => node)];
    const node = possible[choose(possible.length)];
    if (node !== undefined)
      state.set(name, "changes" in node ? stateOf(node, choose) : bytesOf(node, choose));
  }
  return state;
}

function bytesOf({ versions, synced }: File, choose: Choose): Buffer {
  const possible = versions.slice(synced - 1);
  const onDisk = possible[0] as Buffer;
  const version = possible[choose(possible.length)] as Buffer;
  if (version === onDisk) return version;
  const kept = version.subarray(0, onDisk.length).equals(onDisk) ? onDisk.length : 0;
  const length = kept + choose(version.length - kept + 1);
  const written = kept + choose(length - kept + 1);
  return Buffer.concat([version.subarray(0, written), Buffer.alloc(length - written)]);
}

/** The file at this path below the root; undefined where there is none. */
export function bytesAt(state: State, path: string): Buffer | undefined {
  const found = path
    .split("/")
    .reduce<Buffer | State | undefined>((at, name) => (at instanceof Map ? at.get(name) : undefined), state);
  return found instanceof Map ? undefined : found;
}

/** Makes an empty folder hold this. */
export function layOut(folder: string, state: State): void {
  for (const [name, content] of state) {
    const path = join(folder, name);
    if (content instanceof Map) {
      mkdirSync(path);
      layOut(path, content);
    } else writeFileSync(path, content);
  }
}
