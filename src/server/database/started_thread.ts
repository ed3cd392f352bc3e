import { dirname } from "@std/path";
import { isCheckout, workerModule } from "../../core/program_files.ts";
import { packedModule } from "../../files/carried_module.ts";
import { keepPrepared, type KeptFiles } from "../../files/prepared_files.ts";
import { isThere } from "../../files/real_path.ts";
import { isOnServer, STATE_FILES } from "../../shared/contract/state.ts";
import { PARSER_FOLDER } from "../../shared/sql/parser_folder.ts";
import { OPEN, type WorkerReply, type WorkerSetup } from "./messages.ts";
import { workerPermissions } from "./worker_permissions.ts";

const MODULES = ([
  "src/server/database/postgres_worker",
  "src/shared/sql/parser_code",
] as const).map((name) => dirname(packedModule(name)));

/** A worker that loads PostgreSQL, and opens no file before it is told to. */
export interface StartedThread {
  readonly worker: Worker;
  /** The three cells of memory that it shares; see `WorkerSetup`. */
  readonly cells: SharedArrayBuffer;
  /** What it was loaded from. */
  readonly files: KeptFiles;
  /** Why it ended by itself, once it has. */
  readonly failed: Promise<Error>;
  /** Where it opens its files already. */
  readonly opening?: {
    /** Whether there were any. */
    readonly hadDatabase: boolean;
    /** What it has said so far. */
    readonly replies: readonly WorkerReply[];
  };
}

/** What a thread is for. */
export interface ThreadOptions {
  readonly dataDir: string;
  readonly strict: boolean;
}

/**
 * Starts one.
 * @param packages see {@link workerPermissions}
 * @param files what an earlier one was loaded from; read anew unless given
 * @param program sends what it is to run, where another thread compiles that
 */
export function startThread(
  { dataDir, strict }: ThreadOptions,
  packages: readonly URL[],
  files?: KeptFiles,
  program?: MessagePort,
): StartedThread {
  files ??= keepPrepared(["pglite", "pgdata", "extensions", PARSER_FOLDER, ...MODULES]);
  const worker = new Worker(workerModule("src/server/database/carried_worker"), {
    type: "module",
    name: "postgres",
    deno: { permissions: workerPermissions(dataDir, packages) },
  });
  const failed = new Promise<Error>((resolve) => {
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(new Error(event.message));
    };
  });
  const cells = new SharedArrayBuffer(12);
  const setup: WorkerSetup = { dataDir, cells, files, strict, program };
  worker.postMessage(setup, program ? [program] : []);
  return { worker, cells, files, failed };
}

/**
 * Starts one for a server that is still being loaded, so that both load at once; none in a
 * checkout, and where another PostgreSQL than PGlite may be wanted.
 */
export function startThreadEarly(
  options: ThreadOptions,
  { kind = "pglite", url }: { readonly kind?: string; readonly url?: string },
  program?: MessagePort,
): StartedThread | undefined {
  if (isCheckout || kind !== "pglite" || url !== undefined) return undefined;
  if (isOnServer(options.dataDir)) return undefined;
  return startThread(options, [], undefined, program);
}

/**
 * Has one open the files of a directory that this process has taken, while the server loads.
 * Other data may have taken their place, which PGlite does not open.
 */
export function openEarly(thread: StartedThread, dataDir: string): StartedThread {
  if (isOnServer(dataDir)) return thread;
  const replies: WorkerReply[] = [];
  const hadDatabase = isThere(`${dataDir}/${STATE_FILES.postgres}`);
  thread.worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => void replies.push(data);
  thread.worker.postMessage(OPEN);
  return { ...thread, opening: { hadDatabase, replies } };
}
