import type { PGlite } from "@electric-sql/pglite";
import { EmscriptenBuiltinFilesystem } from "@electric-sql/pglite/basefs";
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
  readonly ENV: { readonly PGDATA: string };
  readonly FS: {
    isDir(mode: number): boolean;
    mkdirTree(path: string): void;
    mount(type: object, options: { readonly root: string }, path: string): void;
    quit(): void;
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

type Options = Parameters<EmscriptenBuiltinFilesystem["init"]>[1];

/**
 * PGlite's files on the disk. PGlite takes no notice of `fsync`; here it is carried out. And it
 * loads before there are any: it waits to be told where they lie.
 */
export class SyncedFiles extends EmscriptenBuiltinFilesystem {
  /** Called before each operation. */
  onOperation: () => void = () => {};
  #syncs = 0;
  #lacksRoom = false;
  #onDiskUntil = 0;
  readonly #directory = Promise.withResolvers<string>();
  readonly #fence: Fence | undefined;

  /** @param fence what every operation passes, if something does */
  constructor(fence?: Fence) {
    super();
    this.#fence = fence;
  }

  /** Files whose place is known. */
  static in(directory: string): SyncedFiles {
    const files = new SyncedFiles();
    files.lieIn(directory);
    return files;
  }

  /**
   * Has PostgreSQL open them.
   * @param onDiskUntil what was written before this time, in milliseconds, is on the disk:
   * PostgreSQL, which syncs all files when it recovers, need not wait for each
   */
  lieIn(directory: string, onDiskUntil = 0): void {
    this.#onDiskUntil = onDiskUntil;
    this.#directory.resolve(directory);
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

  /** Called when all is loaded. */
  override async initialSyncFs(): Promise<void> {
    const root = await this.#directory.promise;
    Deno.mkdirSync(root, { recursive: true });
    const { ENV, FS, NODEFS } = this.#module;
    FS.mkdirTree(ENV.PGDATA);
    FS.mount(NODEFS, { root }, ENV.PGDATA);
  }

  override closeFs(): Promise<void> {
    this.#module.FS.quit();
    return Promise.resolve();
  }

  get #module(): Emscripten {
    return this.pg!.Module as unknown as Emscripten;
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
