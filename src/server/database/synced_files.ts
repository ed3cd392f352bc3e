import type { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { CLOCK_STEP_MS } from "../../files/on_disk_mark.ts";
import type { Fence } from "./fence.ts";
import { existsSync, fdatasyncSync, fstatSync, fsyncSync } from "node:fs";
import { keepSizes, type SizedOperations } from "./known_sizes.ts";

/** What Emscripten gives of an open file. */
interface Stream {
  /** File descriptor. */
  readonly nfd: number;
  readonly node: { readonly mode: number };
}

interface Emscripten {
  readonly FS: {
    isDir(mode: number): boolean;
    readonly ErrnoError: new (errno: number) => Error;
  };
  readonly NODEFS: SizedOperations & {
    readonly stream_ops: { fsync?(stream: Stream): number };
    /** The mode of a path's file. */
    getMode(path: string): number;
    /** Turns an error of the system into its number. */
    tryFSOperation<T>(operation: () => T): T;
  };
}

/** ENOENT, as WebAssembly programs know it. */
const NO_ENTRY = 44;

type Options = Parameters<NodeFS["init"]>[1];

/** PGlite's files on the disk. PGlite takes no notice of `fsync`; here it is carried out. */
export class SyncedFiles extends NodeFS {
  /** Called before each operation. */
  onOperation: () => void = () => {};
  #syncs = 0;
  #lacksRoom = false;
  #onDiskUntil: number;
  readonly #fence: Fence | undefined;

  /**
   * @param onDiskUntil what was written before this time, in milliseconds, is on the disk:
   * PostgreSQL, which syncs all files
   * when it recovers, need not wait for each
   * @param fence what every operation passes, if something does
   */
  constructor(directory: string, onDiskUntil = 0, fence?: Fence) {
    super(directory);
    this.#onDiskUntil = onDiskUntil;
    this.#fence = fence;
  }

  /** How often PostgreSQL has had something put on the disk, such as a commit. */
  get syncs(): number {
    return this.#syncs;
  }

  override async init(pglite: PGlite, options: Options): Promise<{ emscriptenOpts: Options }> {
    const { emscriptenOpts } = await super.init(pglite, options);
    const install = ({ FS, NODEFS }: Emscripten) => {
      const sync = ({ nfd, node }: Stream) => {
        if (this.#isOnDisk(nfd)) return;
        this.#syncs++;
        if (FS.isDir(node.mode)) fsyncSync(nfd);
        else fdatasyncSync(nfd);
      };
      const unfenced = NODEFS.tryFSOperation;
      NODEFS.tryFSOperation = (work) => this.#passFence(() => unfenced(() => this.#noted(work)));
      NODEFS.stream_ops.fsync = (stream) => {
        NODEFS.tryFSOperation(() => sync(stream));
        return 0;
      };
      const modeOf = NODEFS.getMode;
      NODEFS.getMode = (path) => {
        // PostgreSQL looks for many files that are not there, and an error of the system costs more
        // than this question.
        if (NODEFS.tryFSOperation(() => existsSync(path))) return modeOf(path);
        throw new FS.ErrnoError(NO_ENTRY);
      };
      keepSizes(NODEFS);
    };
    const preRun = [...emscriptenOpts.preRun as unknown[], install] as Options["preRun"];
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }

  /** Whether an operation has failed for want of room on the disk. */
  get lacksRoom(): boolean {
    return this.#lacksRoom;
  }

  #passFence<T>(operation: () => T): T {
    this.onOperation();
    return this.#fence ? this.#fence.pass(operation) : operation();
  }

  #noted<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      if (["ENOSPC", "EDQUOT"].includes((error as { code?: string }).code ?? "")) {
        this.#lacksRoom = true;
      }
      throw error;
    }
  }

  /** From here on every file is synced that PostgreSQL asks for. */
  recovered(): void {
    this.#onDiskUntil = 0;
  }

  #isOnDisk(file: number): boolean {
    return this.#onDiskUntil > 0 && fstatSync(file).mtimeMs < this.#onDiskUntil - CLOCK_STEP_MS;
  }
}
