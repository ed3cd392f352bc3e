import { removeHalfWritten } from "../files/atomic.ts";
import { lockWithin } from "../files/file_lock.ts";
import { findHardLink, findOdd } from "../files/real_path.ts";
import { finishReplacingData } from "../shared/copies/replace_data.ts";
import {
  IN_USE,
  mayHaveNamesElsewhere,
  misshapenState,
  STATE_FILES,
} from "../shared/contract/state.ts";
import { StartError } from "./start_error.ts";

/** Milliseconds after which a lock counts as held by another process. */
const LOCK_PATIENCE_MS = 500;

/** A data directory that this process has to itself; it gives it back when it is disposed of. */
export interface HeldDirectory extends Disposable {
  /**
   * False when somebody has removed it: what has its path from now on may be somebody else's, such
   * as the next server's.
   */
  isThere(): boolean;
}

/**
 * Takes a directory, created when absent, and puts in order what a crash left in it. The system
 * frees it when this process dies.
 * @param isShared whether PostgreSQL, which runs as another user than root, passes through it to
 * its own folder
 * @throws {StartError}
 */
export async function takeDirectory(dataDir: string, isShared: boolean): Promise<HeldDirectory> {
  requireOwnFiles(dataDir);
  const lock = await lockDirectory(dataDir, isShared ? 0o711 : 0o700);
  try {
    await removeHalfWritten(dataDir);
    await finishReplacingData(dataDir);
    const taken = fileAt(lockIn(dataDir));
    return {
      isThere: () => fileAt(lockIn(dataDir)) === taken,
      [Symbol.dispose]: () => lock.close(),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Whoever filled the directory must not decide where its logs, rows and objects are written. */
function requireOwnFiles(dataDir: string): void {
  const odd = findOdd(dataDir);
  if (odd) throw notOwn(`${odd.path} is ${odd.is}: nothing in a data directory may be one`);
  const misshapen = misshapenState(dataDir);
  if (misshapen) throw notOwn(`${misshapen.path} is ${misshapen.is}`);
  const linked = findHardLink(dataDir, mayHaveNamesElsewhere);
  if (linked) throw notOwn(`${linked} is a file that has another name elsewhere`);
}

function notOwn(what: string): StartError {
  return new StartError(
    `${what}. Nothing was done.`,
    "Look where it leads, and remove it or choose another folder with --data-dir.",
  );
}

function lockIn(dataDir: string): string {
  return `${dataDir}/${STATE_FILES.lock}`;
}

/** Which file a path leads to. */
function fileAt(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

async function openLock(dataDir: string, mode: number): Promise<Deno.FsFile> {
  try {
    await Deno.mkdir(dataDir, { recursive: true, mode });
    return await Deno.open(lockIn(dataDir), { write: true, create: true, mode: 0o600 });
  } catch (error) {
    throw new StartError(
      error instanceof Deno.errors.AlreadyExists
        ? `${dataDir} is not a folder.`
        : `${dataDir} cannot be written to: ${(error as Error).message.split(" (os error")[0]}.`,
      "Choose another folder with --data-dir.",
    );
  }
}

async function lockDirectory(dataDir: string, mode: number): Promise<Deno.FsFile> {
  const file = await openLock(dataDir, mode);
  if (await lockWithin(file, LOCK_PATIENCE_MS)) return file;
  throw new StartError(
    `Another server uses ${dataDir}.`,
    "End it with `insforge local stop`, or choose another folder with --data-dir.",
    IN_USE,
  );
}
