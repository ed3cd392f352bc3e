import { isThere } from "../../files/real_path.ts";
import { REPLACING } from "../../files/replace_contents.ts";

/** File names inside a data directory, relative to it. */
export const STATE_FILES = {
  /**
   * Advisory lock that one server holds for its whole life; the system frees it when the process
   * dies.
   */
  lock: "lock",
  /** {@link ServerState} as JSON, present while a server listens (and after a crash). */
  server: "server.json",
  /** The ports of the last server, which the next one takes where they are free. */
  ports: "ports.json",
  /** API key, anon key and signing secret, mode 0600. */
  keys: "keys.json",
  /** The data directory of PGlite. */
  postgres: "postgres",
  /** The same while it is made, at the first start. */
  unpacking: "postgres.new",
  /** The PostgreSQL that the data are in, where it is not PGlite; {@link EngineState} as JSON. */
  engine: "engine.json",
  /** The data directory of a PostgreSQL server of the backend's own. */
  cluster: "cluster",
  /** What earlier versions locked beside the database. */
  postgresLock: "postgres.lock",
  /** Room on the disk for the next start. */
  reserve: "reserve",
  /** The contents of objects. */
  storage: "storage",
  /** The S3 store that they are in instead, with what opens it; mode 0600. */
  objects: "objects.json",
  /** The files of deployed sites. */
  deployments: "deployments",
  /** Request and function logs, JSON lines. */
  logs: "logs",
  /** Data that take the place of these. */
  restoring: REPLACING.whole,
  restored: REPLACING.moving,
  /** The data whose place was taken, until the others have been opened. */
  replaced: REPLACING.old,
} as const;

/** Those of {@link STATE_FILES} that are folders. */
const FOLDERS: readonly string[] = [
  STATE_FILES.postgres,
  STATE_FILES.unpacking,
  STATE_FILES.cluster,
  STATE_FILES.storage,
  STATE_FILES.deployments,
  STATE_FILES.logs,
  ...Object.values(REPLACING),
];

/**
 * The first thing in a data directory that is a folder where a local backend keeps a file, or the
 * other way round: its path, and what is wrong with it in words that follow the path.
 */
export function misshapenState(folder: string): { path: string; is: string } | undefined {
  for (const name of Object.values(STATE_FILES)) {
    const path = `${folder}/${name}`;
    const isFolder = FOLDERS.includes(name);
    let found: Deno.FileInfo;
    try {
      found = Deno.lstatSync(path);
    } catch {
      continue;
    }
    if (found.isDirectory === isFolder) continue;
    return { path, is: isFolder ? "no folder" : "a folder, where a file belongs" };
  }
  return undefined;
}

/** Whether a path below a data directory is left out of copies: it is of one server's life. */
export function isOfOneLife(path: string): boolean {
  const { server, ports, postgresLock, postgres, unpacking, reserve, logs } = STATE_FILES;
  // Without the mark whoever opens the copy sees to it that all of it is on the disk.
  const ofPostgres = ["postmaster.pid", "on_disk"].map((name) => `${postgres}/${name}`);
  const own = [server, ports, postgresLock, unpacking, reserve, logs];
  const files = [...own, ...Object.values(REPLACING)];
  return [...files, ...ofPostgres].includes(path) || isHalfWritten(path);
}

/** Whether a file is being written, under a name that it will not keep. */
export function isHalfWritten(path: string): boolean {
  return /\.(tmp|insforge-new)$/.test(path);
}

/** Whether a file below a data directory never changes once it has its name. */
export function isImmutable(path: string): boolean {
  const { storage, deployments } = STATE_FILES;
  return path.startsWith(`${storage}/`) || path.startsWith(`${deployments}/packs/`);
}

/** Whether a file below a data directory may have names in copies of it, and so several. */
export function mayHaveNamesElsewhere(path: string): boolean {
  const [, below = path] =
    /^(?:restor(?:ing|ed)|replaced|\.restoring\.[\da-f]+\.insforge-new)\/(.*)/
      .exec(path) ?? [];
  return isImmutable(below);
}

/** Whether the data of a directory are in another PostgreSQL than PGlite. */
export function isOnServer(dataDir: string): boolean {
  return isThere(`${dataDir}/${STATE_FILES.engine}`);
}

/** Whether these are the names in a local backend's data directory. */
export function isDataDir(names: readonly string[]): boolean {
  return [STATE_FILES.lock, STATE_FILES.keys].every((name) => names.includes(name)) &&
    [STATE_FILES.postgres, STATE_FILES.engine].some((name) => names.includes(name));
}

/** Whether a local backend puts something of this name into its data directory. */
export function isDataDirEntry(name: string): boolean {
  const names: readonly string[] = Object.values(STATE_FILES);
  // Files that are being written have a name in front of an ending of their own.
  return names.includes(name) || /^\.?[a-z.-]+\.[\da-f]{8,}\.(tmp|insforge-new)$/.test(name);
}

/**
 * Which PostgreSQL a data directory's data are in, where it is not PGlite: a server of its own, or
 * the one at an address. Mode 0600.
 */
export type EngineState =
  | { readonly engine: "postgres"; readonly password: string }
  | { readonly engine: "url"; readonly url: string };

/** First port a local backend tries. */
export const DEFAULT_PORT = 7130;

/** First port that a local backend tries for clients of PostgreSQL. */
export const DEFAULT_POSTGRES_PORT = 7432;

/** Error code of a server that ends because another one has its data directory. */
export const IN_USE = "LOCAL_IN_USE";

/** Error code of a server that ends because another program has the port that it was told. */
export const PORT_TAKEN = "PORT_TAKEN";

/** Error code of a server that ends because the system keeps the port that it was told from it. */
export const PORT_FORBIDDEN = "PORT_FORBIDDEN";

/** What a running local backend says about itself in `server.json`. */
export interface ServerState {
  /** Process id of the server. */
  pid: number;
  port: number;
  /** Base URL without a trailing slash. */
  url: string;
  /** Where clients of PostgreSQL are answered; absent when they are not. */
  postgresPort?: number;
  /** The PostgreSQL beneath; a user and an address where it is somebody else's. */
  engine?: string;
  /** ISO time in UTC. */
  startedAt: string;
  version: string;
  /** Whether it answers as InsForge does also where that is a defect. */
  strict?: boolean;
}

/** The release of InsForge that the local backend answers as. */
export const EMULATED_VERSION = "2.3.1";

/** Answer of `GET /api/health`. */
export interface Health {
  status: "ok";
  version: string;
  service: string;
  timestamp: string;
}

/** Answer of `GET /api/local/activity`: what the database is doing. */
export interface Activity {
  /** Statements without their values. */
  readonly running: readonly { readonly statement: string; readonly seconds: number }[];
  /** How many wait for their turn. */
  readonly waiting: number;
}
