import {
  DEFAULT_PORT,
  DEFAULT_POSTGRES_PORT,
  PORT_FORBIDDEN,
  PORT_TAKEN,
  type ServerState,
  STATE_FILES,
} from "../shared/contract/state.ts";
import { writeFileAtomically } from "../files/atomic.ts";
import { dropReplaced } from "../files/replace_contents.ts";
import { PackageError } from "../shared/packages/errors.ts";
import { PortForbidden } from "../shared/contract/port_forbidden.ts";
import { EngineRefusal } from "./database/engine_options.ts";
import { EngineMismatch } from "./database/open_engine.ts";
import { ApiError, DatabaseError } from "./http/api_error.ts";
import type { StoredMail } from "./mail/message.ts";
import { isDiskFull } from "./http/api_error.ts";
import { keepParser } from "./functions/imports.ts";
import { KeysLost } from "./keys/keys.ts";
import { keepPorts, readKeptPorts } from "./kept_ports.ts";
import { Reserve } from "./reserve.ts";
import { startServer } from "./server.ts";
import { StartError } from "./start_error.ts";
import type { ServerOptions } from "./server_options.ts";
import { StorageMismatch } from "./storage/open_files.ts";
import { type HeldDirectory, takeDirectory } from "./take_directory.ts";

export interface ServeOptions {
  /** Absolute path, created when absent. */
  dataDir: string;
  /** The same directory, where it has been taken: it is given back in the end. */
  directory?: HeldDirectory;
  /** Absolute path of the folder that backups are kept in. */
  snapshots: string;
  /** Only this port; without it the last one, the default one, or the next that is free. */
  port?: number;
  /** Which PostgreSQL is wanted beneath. */
  engine?: ServerOptions["engine"];
  /** A worker for PGlite that was started early. */
  thread?: ServerOptions["thread"];
  /** The S3 store that objects are kept in. */
  objects?: ServerOptions["objects"];
  /** Whether clients of PostgreSQL are answered, on a port of their own. */
  postgres?: boolean;
  version: string;
  /** Answer as InsForge does also where that is a defect. */
  strict?: boolean;
  /** The command line that runs this program; functions run in processes of it. */
  self: readonly string[];
  /** Where packages come from that functions import. */
  packages?: ServerOptions["packages"];
  /** How models are reached. */
  ai?: ServerOptions["ai"];
  stripeUrl?: ServerOptions["stripeUrl"];
  /** Ends the server. */
  signal?: AbortSignal;
  /** Called once, when the server answers and its state file is written. */
  onReady?(state: ServerState & { apiKey: string }): void;
  /** Milliseconds that one SQL statement may take. */
  statementTimeout?: number;
  /** Told of every mail that the backend sends. */
  onMail?(mail: StoredMail): void;
}

const ROOM_FOR_START = "Make room on the disk that holds the data directory, then start it again.";
/** How often it looks whether its data directory is still there. */
const LOOK_MS = 1000;
/** How many ports from the default one on are tried. */
const PORT_RANGE = 50;

/**
 * Runs the backend of a data directory until it is told to stop, by `signal` or over HTTP. One
 * process at a time holds a directory; the system frees it when that process dies, so a crash
 * leaves nothing to clean up.
 * @throws {StartError}
 */
export async function serve(options: ServeOptions): Promise<void> {
  const {
    dataDir,
    snapshots,
    port,
    engine,
    thread,
    objects,
    postgres,
    version,
    strict,
    self,
    packages,
    ai,
    stripeUrl,
    signal,
    onReady,
    statementTimeout,
    onMail,
  } = options;
  using directory = options.directory ??
    await takeDirectory(dataDir, engine?.programs?.account !== undefined);
  keepParser();
  const kept = await readKeptPorts(dataDir);
  const ports = port === undefined ? portsFrom(DEFAULT_PORT, kept.port) : [port];
  const postgresPorts = postgres ? portsFrom(DEFAULT_POSTGRES_PORT, kept.postgresPort) : undefined;
  const reserve = new Reserve(dataDir);
  const started: ServerOptions = {
    dataDir,
    snapshots,
    isDataThere: () => directory.isThere(),
    makeRoom: () => reserve.release(),
    ports,
    engine,
    thread,
    objects,
    postgresPorts,
    version,
    strict,
    self,
    packages,
    ai,
    stripeUrl,
    statementTimeout,
    onMail,
    onReplaced: () => writeState().catch(() => {}),
  };
  const server = await startServer(started)
    .catch((error) => {
      throw startError(error, port);
    });
  const stateFile = `${dataDir}/${STATE_FILES.server}`;
  const close = () => void server.close();
  const looking = setInterval(() => directory.isThere() || close(), LOOK_MS);
  const startedAt = new Date().toISOString();
  let reserving: Promise<void> | undefined;

  async function writeState(): Promise<ServerState> {
    const state: ServerState = {
      pid: Deno.pid,
      port: server.port,
      url: server.url,
      ...(server.postgresPort && { postgresPort: server.postgresPort }),
      engine: server.database.engine.name,
      startedAt,
      version,
      ...(strict && { strict }),
    };
    const text = `${JSON.stringify(state, null, 2)}\n`;
    // After a power failure there is nothing that it tells of.
    await writeFileAtomically(stateFile, text, { isDurable: false });
    return state;
  }

  try {
    const state = await writeState().catch(async (error) => {
      if (!await reserve.release()) throw startError(error, port);
      return await writeState();
    });
    // Without them the next start finds others.
    await keepPorts(dataDir, server, kept).catch(() => {});
    signal?.addEventListener("abort", close);
    if (signal?.aborted) close();
    onReady?.({ ...state, apiKey: server.apiKey });
    server.beginJobs();
    // Nobody waits for it: a first start is quick.
    reserving = reserve.make();
    // That the last start's were replaced is known by now.
    await dropReplaced(dataDir).catch(() => {});
    await server.finished.catch((error) => {
      throw startError(error, port);
    });
    if (!directory.isThere()) {
      throw new StartError(
        `The local backend has ended: somebody removed ${dataDir} while it ran.`,
        "Begin anew with `insforge local start`, and end one before you remove its data.",
      );
    }
  } finally {
    clearInterval(looking);
    signal?.removeEventListener("abort", close);
    await server.close().catch(() => {});
    await reserving;
    if (directory.isThere()) await Deno.remove(stateFile).catch(() => {});
  }
}

/** @param kept the one to be tried before all others */
function portsFrom(first: number, kept?: number): number[] {
  const ports = Array.from({ length: PORT_RANGE }, (_, index) => first + index);
  return kept === undefined ? ports : [kept, ...ports];
}

function startError(error: Error, port: number | undefined): StartError {
  if (error instanceof Deno.errors.AddrInUse) {
    return port === undefined
      ? new StartError("All ports that are tried are taken.", "Choose one with --port.")
      : new StartError(
        `Port ${port} is taken.`,
        "Choose another one, or leave it out.",
        PORT_TAKEN,
      );
  }
  if (error instanceof PortForbidden) {
    const hint = `Take one from 1024 on: insforge local start --port ${DEFAULT_PORT}.`;
    return new StartError(error.message, hint, PORT_FORBIDDEN);
  }
  if (isDiskFull(error.message)) {
    return new StartError("The local backend does not start: the disk is full.", ROOM_FOR_START);
  }
  if (error instanceof ApiError) {
    return new StartError(
      `${error.message}.`,
      "Check the store's address, its bucket and the access key.",
    );
  }
  if (error instanceof EngineMismatch || error instanceof StorageMismatch) {
    return new StartError(
      `${error.message}.`,
      "Leave the option out, choose another folder with --data-dir, or begin anew with `insforge local reset`.",
    );
  }
  if (error instanceof KeysLost) {
    return new StartError(
      `${error.message}.`,
      "Put the file back, bring a snapshot back (`insforge local snapshots list`), or begin anew with `insforge local reset`.",
    );
  }
  if (
    error instanceof DatabaseError || error instanceof PackageError ||
    error instanceof EngineRefusal
  ) {
    return new StartError(
      `${error.message.replace(/\.$/, "")}.`,
      hintOf(error) ?? "Run `insforge local serve` to see more.",
    );
  }
  return new StartError(
    `${inWords(error)}.`,
    "Choose another folder with --data-dir, or restore this one.",
  );
}

/** An error of the system that nobody foresaw names the operation and the path at its end. */
function inWords({ message }: Error): string {
  const [, path] = /^[^'\n]*\(os error \d+\)[^'\n]*'([^']+)'/.exec(message) ?? [];
  if (path === undefined) return message.replace(/\.$/, "");
  return `${path}: ${message.split(" (os error")[0]}`;
}

function hintOf(error: DatabaseError | PackageError | EngineRefusal): string | undefined {
  return error instanceof DatabaseError ? error.fields.hint : error.hint;
}
