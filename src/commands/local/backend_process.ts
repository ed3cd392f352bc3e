/** Finds, starts and stops the local backend of a directory, from outside of it. */
import { join } from "@std/path";
import { placeOf } from "../../files/typed_path.ts";
import { ifKnown } from "../../client/absent.ts";
import { backendClient } from "../../client/backend.ts";
import { holdsKey } from "../../client/local_identity.ts";
import { isLocked } from "../../files/file_lock.ts";
import { readJsonFile } from "../../files/json_file.ts";
import { localDataFolder } from "../../config/paths.ts";
import {
  type Activity,
  IN_USE,
  PORT_TAKEN,
  type ServerState,
  STATE_FILES,
} from "../../shared/contract/state.ts";
import type { Context } from "../../cli/context.ts";
import type { StoreAccess } from "../../shared/contract/storage_url.ts";
import type { AiOptions } from "./ai_options.ts";
import { storeVariables } from "./storage_options.ts";
import { FileError, NetworkError, OperationError } from "../../core/errors.ts";

/**
 * Milliseconds within which a server answers, that may have to fetch PostgreSQL first. It takes one
 * or two seconds: only a machine with forty times the work of its processors needs more than
 * thirty.
 */
const START_TIMEOUT_MS = 120_000;
const FETCH_TIMEOUT_MS = 300_000;
/** Milliseconds within which a server has ended that lets running requests finish. */
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 25;
/** The same where a file is looked at, which is not there yet. */
const READY_POLL_MS = 5;
const ANSWER_TIMEOUT_MS = 2_000;
/** Milliseconds within which a server answers that the machine's other work holds up. */
const BUSY_TIMEOUT_MS = 30_000;

/** How a server is started. */
export interface StartOptions {
  /** Only this port; without it the last one, the default one, or the next that is free. */
  readonly port?: number;
  /** Whether clients of PostgreSQL are answered; they are unless it is false. */
  readonly postgres?: boolean;
  /** Whether it answers as InsForge does also where that is a defect. */
  readonly strict?: boolean;
  /** How models are reached. */
  readonly ai?: AiOptions;
  readonly stripeUrl?: string;
  /** Whether its data is gone when it ends. */
  readonly ephemeral?: boolean;
  /** Whether it ends with this process, however that ends. */
  readonly bound?: boolean;
  /** The PostgreSQL to run; that of the data directory unless given. */
  readonly engine?: string;
  /** The PostgreSQL to use, with its password. */
  readonly databaseUrl?: string;
  /** The S3 store to keep objects in. */
  readonly objects?: StoreAccess;
}

/** A server whose data may not be there yet. What never begins ends when this is disposed. */
export interface PreparedServer extends AsyncDisposable {
  /** Lets it open its data, and waits until it answers. @throws {OperationError} */
  begin(): Promise<ServerState>;
}

/** The local backend that keeps its data in one folder. */
export interface LocalBackendControl {
  readonly dataDir: string;
  /**
   * The server, if one answers that holds this folder's key.
   * @throws {OperationError} when it runs and does not answer
   */
  find(): Promise<ServerState | undefined>;
  /** What its database is doing; undefined where it is of a version that does not tell. */
  activity(state: ServerState): Promise<Activity | undefined>;
  /** Starts a server in the background and waits until it answers. @throws {OperationError} */
  start(options: StartOptions): Promise<ServerState>;
  /** Starts one that loads, and touches nothing in the folder before it is told to begin. */
  prepare(options: Pick<StartOptions, "engine">): PreparedServer;
  /** Ends the server and waits for it. @returns what ran, if any did @throws {OperationError} */
  stop(): Promise<ServerState | undefined>;
  /** The admin key. @throws {FileError} when the backend was never started. */
  apiKey(): Promise<string>;
}

/** Opens the control of the backend in `dataDir`, by default `.insforge/local` of the project. */
export function openLocalBackend(context: Context, folder?: string): LocalBackendControl {
  const { launch, clock, signal } = context;
  const dataDir = folder === undefined
    ? localDataFolder(launch.projectRoot)
    : placeOf(launch, folder);

  const apiKey = async () => {
    const path = join(dataDir, STATE_FILES.keys);
    const key = (await readJsonFile(path))?.apiKey;
    if (typeof key !== "string") {
      throw new FileError(`${path} holds no key of a local backend.`, {
        hint: "Run `insforge local start`.",
      });
    }
    return key;
  };

  const client = async ({ url }: ServerState) =>
    backendClient({ url, apiKey: await apiKey() }, context.surroundings);

  /** None as well when it is damaged: a server writes it anew when it starts. */
  const readState = async () => {
    const state = await readJsonFile(join(dataDir, STATE_FILES.server)).catch(() => undefined);
    return typeof state?.url === "string" ? state as unknown as ServerState : undefined;
  };

  /** Asks what listens there. @throws {NetworkError} when that says nothing within the time */
  const isOurs = async ({ url }: ServerState, timeoutMs: number) => {
    // Another program may listen on the port of a server that is gone: it must not see the key.
    const target = { url, apiKey: await apiKey() };
    const bounds = { timeoutMs, idempotent: false };
    return await holdsKey(target, context.surroundings, bounds).catch((error) => {
      if (error instanceof NetworkError && error.mayHaveArrived) throw error;
      return false;
    });
  };

  /** The server, if it answers at once. */
  const look = async () => {
    const state = await readState();
    return state && await isOurs(state, ANSWER_TIMEOUT_MS).catch(() => false) ? state : undefined;
  };

  /** A machine may be too busy for an answer at once; whoever has the lock runs all the same. */
  const find = async () => {
    const state = await look();
    if (state || !await isLocked(join(dataDir, STATE_FILES.lock))) return state;
    const busy = await readState();
    try {
      return busy && await isOurs(busy, BUSY_TIMEOUT_MS) ? busy : undefined;
    } catch (error) {
      throw new OperationError(
        `The local backend does not answer. ${(error as Error).message}`,
        "LOCAL_NO_ANSWER",
        { hint: `Try again, or end its process, whose id is ${busy?.pid}.`, cause: error },
      );
    }
  };

  /**
   * Starts a server.
   * @param awaiting whether it only loads, before it is told to begin
   */
  const spawn = async (options: StartOptions, awaiting = false) => {
    const earlier = await readState();
    const server = spawnServer(launch.self, dataDir, { ...options, awaiting });
    return {
      server,
      /** A server tells of itself once it answers; one that was killed may have had its id. */
      isOf: ({ pid, startedAt }: ServerState) =>
        pid === server.pid && startedAt !== earlier?.startedAt,
    };
  };

  /** Waits until a server answers that has just been started. */
  const untilReady = async (
    started: Awaited<ReturnType<typeof spawn>>,
    options: StartOptions,
  ) => {
    let { server, isOf } = started;
    // A process below the one that was started serves, where that one only watches it.
    const isBelow = !Deno.build.standalone || options.ephemeral === true;
    const patience = options.engine === "postgres" ? FETCH_TIMEOUT_MS : START_TIMEOUT_MS;
    const deadline = clock.now().getTime() + patience;
    while (clock.now().getTime() < deadline) {
      const failure = server.failure();
      if (failure && failure.code !== IN_USE) throw failure;
      const state = await readState();
      if (state && isOf(state)) return state;
      const other = failure || isBelow ? await look() : undefined;
      if (other) return other;
      // Another one is starting, or stopping.
      if (failure) ({ server, isOf } = await spawn(options));
      await clock.sleep(READY_POLL_MS, signal);
    }
    throw new OperationError(
      `The local backend was not ready within ${patience / 1000} s.`,
      "LOCAL_START_FAILED",
      { hint: "Run `insforge local serve` to see why." },
    );
  };

  return {
    dataDir,
    apiKey,
    find,
    async activity(state) {
      const backend = await client(state);
      return await ifKnown(backend.json<Activity>("GET", "/api/local/activity"));
    },
    async start(options) {
      return await untilReady(await spawn(options), options);
    },
    prepare(options) {
      const spawned = spawn(options, true);
      let hasBegun = false;
      return {
        async begin() {
          hasBegun = true;
          const started = await spawned;
          await started.server.tell("begin\n");
          return await untilReady(started, options);
        },
        async [Symbol.asyncDispose]() {
          if (hasBegun) return;
          const { server } = await spawned;
          await server.tell("");
          await server.ended;
        },
      };
    },
    async stop() {
      const state = await find();
      if (!state) return undefined;
      await (await client(state)).json("POST", "/api/local/shutdown");
      const deadline = clock.now().getTime() + STOP_TIMEOUT_MS;
      while (await readState()) {
        if (clock.now().getTime() > deadline) {
          throw new OperationError(
            `The local backend did not stop within ${STOP_TIMEOUT_MS / 1000} s.`,
            "LOCAL_STOP_FAILED",
            { hint: `Its process id is ${state.pid}.` },
          );
        }
        await clock.sleep(POLL_MS, signal);
      }
      return state;
    },
  };
}

/**
 * Starts a server again as it ran: on the port that it had, or on another where a program has taken
 * that one meanwhile. @throws {OperationError}
 */
export async function startAgain(
  backend: LocalBackendControl,
  { port, postgresPort, strict }: ServerState,
): Promise<ServerState> {
  const options = { postgres: postgresPort !== undefined, strict };
  return await backend.start({ ...options, port }).catch((error) => {
    if (error.code !== PORT_TAKEN) throw error;
    return backend.start(options);
  });
}

/** A server in the background. */
interface SpawnedServer {
  readonly pid: number;
  /** Writes to its standard input, and closes it; whether it is still there or not. */
  tell(text: string): Promise<void>;
  readonly ended: Promise<unknown>;
  /** Why it ended, if it did. */
  failure(): OperationError | undefined;
}

/**
 * Has glibc give back what PostgreSQL's compilation needed, about a fifth of the server's memory:
 * few arenas that threads share, and large blocks as mappings of their own. Others ignore it.
 */
const FRUGAL_MEMORY = { MALLOC_ARENA_MAX: "2", MALLOC_MMAP_THRESHOLD_: String(1024 ** 2) };

/** Starts this program's own server, detached, so that it outlives the command. */
function spawnServer(
  self: readonly string[],
  dataDir: string,
  {
    port,
    postgres,
    strict,
    ai,
    stripeUrl,
    ephemeral,
    bound,
    engine,
    databaseUrl,
    objects,
    awaiting,
  }: StartOptions & { readonly awaiting?: boolean },
): SpawnedServer {
  const [program, ...args] = self;
  const child = new Deno.Command(program!, {
    args: [
      ...args,
      "local",
      "serve",
      "--json",
      "--data-dir",
      dataDir,
      ...(port === undefined ? [] : ["--port", String(port)]),
      ...(postgres === false ? ["--no-postgres"] : []),
      ...(strict ? ["--strict"] : []),
      ...(ai?.url ? ["--ai-url", ai.url] : []),
      ...(ai?.echo ? ["--ai-echo"] : []),
      ...(stripeUrl ? ["--stripe-url", stripeUrl] : []),
      ...(ephemeral ? ["--ephemeral"] : []),
      ...(ephemeral && !bound ? ["--watched"] : []),
      ...(bound ? ["--bound"] : []),
      ...(awaiting ? ["--awaiting"] : []),
      ...(engine === undefined ? [] : ["--engine", engine]),
    ],
    // Other users of the machine see arguments.
    env: {
      ...FRUGAL_MEMORY,
      ...(databaseUrl === undefined ? {} : { INSFORGE_DATABASE_URL: databaseUrl }),
      ...(objects && storeVariables(objects)),
    },
    stdin: bound || awaiting ? "piped" : "null",
    stdout: "null",
    stderr: "piped",
    detached: !bound,
  }).spawn();
  child.unref();
  let failure: OperationError | undefined;
  child.stderr.text().then((said) => failure = startFailure(said), () => {});
  return {
    pid: child.pid,
    failure: () => failure,
    tell: (text) => new Blob([text]).stream().pipeTo(child.stdin).catch(() => {}),
    ended: child.status,
  };
}

/** The error that a server ended with, from what it said. */
function startFailure(said: string): OperationError {
  try {
    const { error, code, hint } = JSON.parse(said.trim().split("\n").at(-1)!);
    return new OperationError(String(error), String(code), { hint });
  } catch {
    return new OperationError(
      "The local backend ended before it was ready.",
      "LOCAL_START_FAILED",
      { hint: "Run `insforge local serve` to see why." },
    );
  }
}
