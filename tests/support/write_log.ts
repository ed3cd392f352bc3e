/**
 * What PostgreSQL does with its files, recorded, so that a test can leave them as a power cut
 * would: with what was synced, and of the rest what chance has brought to the disk.
 */
import { dirname } from "@std/path";
import type { PGlite } from "@electric-sql/pglite";
import { SyncedFiles } from "../../src/server/database/synced_files.ts";

interface Node {
  readonly mode: number;
}
interface Stream {
  readonly node: Node;
}
/** What Emscripten gives of its files on the disk, as far as it is recorded. */
interface Emscripten {
  readonly FS: { isDir(mode: number): boolean };
  readonly NODEFS: {
    realPath(node: Node): string;
    readonly node_ops: {
      setattr(node: Node, attributes: { size?: number }): void;
      mknod(parent: Node, name: string, mode: number, device: number): Node;
      rename(node: Node, folder: Node, name: string): void;
      unlink(parent: Node, name: string): void;
    };
    readonly stream_ops: {
      write(
        stream: Stream,
        memory: Int8Array,
        offset: number,
        length: number,
        position: number,
      ): number;
      setattr?(stream: Stream, attributes: { size?: number }): void;
      fsync(stream: Stream): number;
    };
  };
}

type Operation =
  | { kind: "write"; path: string; position: number; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "sync" | "unlink"; path: string }
  | { kind: "make"; path: string; isFolder: boolean }
  | { kind: "truncate"; path: string; size: number }
  | { kind: "rename"; path: string; target: string };

/** A database's files that keep a log of what happens to them. */
export class RecordedFiles extends SyncedFiles {
  readonly log: Operation[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    super();
    this.#folder = folder;
    this.lieIn(folder);
  }

  override async init(pglite: PGlite, options: Parameters<SyncedFiles["init"]>[1]) {
    const { emscriptenOpts } = await super.init(pglite, options);
    const record = (module: Emscripten) => this.#record(module);
    const preRun = [...emscriptenOpts.preRun as unknown[], record] as typeof options["preRun"];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }

  #record({ FS, NODEFS }: Emscripten): void {
    const { node_ops: nodes, stream_ops: streams } = NODEFS;
    const { setattr, mknod, rename, unlink } = nodes;
    const { write, fsync, setattr: setStreamAttr } = streams;
    const of = (node: Node, name?: string) =>
      [NODEFS.realPath(node).slice(this.#folder.length + 1), name].filter(Boolean).join("/");
    const note = (operation: Operation) => void this.log.push(operation);
    streams.write = (stream, memory, offset, length, position) => {
      const written = write(stream, memory, offset, length, position);
      const bytes = new Uint8Array(memory.buffer, memory.byteOffset + offset, written).slice();
      note({ kind: "write", path: of(stream.node), position, bytes });
      return written;
    };
    streams.fsync = (stream) => {
      const answer = fsync(stream);
      note({ kind: "sync", path: of(stream.node) });
      return answer;
    };
    const truncated = (node: Node, { size }: { size?: number }) => {
      if (size !== undefined) note({ kind: "truncate", path: of(node), size });
    };
    nodes.setattr = (node, attributes) => {
      setattr(node, attributes);
      truncated(node, attributes);
    };
    if (setStreamAttr) {
      streams.setattr = (stream, attributes) => {
        setStreamAttr(stream, attributes);
        truncated(stream.node, attributes);
      };
    }
    nodes.mknod = (parent, name, mode, device) => {
      const node = mknod(parent, name, mode, device);
      note({ kind: "make", path: of(parent, name), isFolder: FS.isDir(mode) });
      return node;
    };
    nodes.rename = (node, folder, name) => {
      const path = of(node);
      rename(node, folder, name);
      note({ kind: "rename", path, target: of(folder, name) });
    };
    nodes.unlink = (parent, name) => {
      unlink(parent, name);
      note({ kind: "unlink", path: of(parent, name) });
    };
  }
}

/**
 * Carries out what was logged before the cut in a copy of the folder at its beginning. Names are
 * journalled, as ext4 and its kin do; of what was written and not synced, chance decides.
 * @param survives whether one such write has reached the disk
 */
export function replay(
  log: readonly Operation[],
  cut: number,
  folder: string,
  survives: () => boolean,
): void {
  const done = log.slice(0, cut);
  const lastSync = new Map<string, number>();
  done.forEach(({ kind, path }, index) => kind === "sync" && lastSync.set(path, index));
  for (const [index, operation] of done.entries()) {
    const path = `${folder}/${operation.path}`;
    switch (operation.kind) {
      case "write":
        if (index < (lastSync.get(operation.path) ?? -1) || survives()) writeAt(path, operation);
        break;
      case "truncate":
        Deno.truncateSync(path, operation.size);
        break;
      case "make":
        if (operation.isFolder) Deno.mkdirSync(path, { recursive: true });
        else Deno.writeFileSync(path, new Uint8Array());
        break;
      case "rename":
        Deno.mkdirSync(dirname(`${folder}/${operation.target}`), { recursive: true });
        Deno.renameSync(path, `${folder}/${operation.target}`);
        break;
      case "unlink":
        Deno.removeSync(path);
    }
  }
}

function writeAt(path: string, { position, bytes }: { position: number; bytes: Uint8Array }): void {
  using file = Deno.openSync(path, { write: true, create: true });
  file.seekSync(position, Deno.SeekMode.Start);
  for (let sent = 0; sent < bytes.length;) sent += file.writeSync(bytes.subarray(sent));
}
