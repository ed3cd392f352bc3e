import { dropReplaced, isReplacing } from "../files/replace_contents.ts";
import { STATE_FILES } from "../shared/contract/state.ts";
import {
  finishReplacingData,
  prepareData,
  type PreparedData,
  takeDataBack,
} from "../shared/copies/replace_data.ts";
import { Backups } from "./backups/backups.ts";
import type { Database } from "./database/client.ts";
import { requireOpenable } from "./database/open_engine.ts";
import { Gate } from "./http/gate.ts";
import { HttpServer } from "./http/http_server.ts";
import {
  type Answer,
  type BackendSurroundings,
  type OpenBackend,
  openBackend,
} from "./open_backend.ts";
import { Logs } from "./logs/sources.ts";
import type { ServerOptions } from "./server_options.ts";

/** Milliseconds that running requests have to finish before data are replaced. */
const GRACE_MS = 3000;

export interface RunningServer {
  port: number;
  /** Base URL without a trailing slash. */
  url: string;
  /** Where clients of PostgreSQL are answered. */
  postgresPort?: number;
  apiKey: string;
  anonKey: string;
  readonly database: Database;
  /** Begins what goes on beside the requests; call it once callers can know of the server. */
  beginJobs(): void;
  /** Everything that is answered, with Hono's patterns as paths; `ALL` stands for every method. */
  routes: readonly { readonly method: string; readonly path: string }[];
  /** Lets running requests finish, then stops everything; safe to call twice. */
  close(): Promise<void>;
  /** Resolves when the server has stopped, by `close` or by request. */
  finished: Promise<void>;
}

/**
 * Starts the backend of one data directory on the loopback interface; resolves when it answers.
 * @throws {Deno.errors.AddrInUse | PortForbidden} when none of the ports is free
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDir, snapshots, clock = () => new Date(), makeRoom, onReplaced } = options;
  await Deno.mkdir(`${dataDir}/${STATE_FILES.logs}`, { recursive: true, mode: 0o700 });
  const logs = new Logs(dataDir, clock);
  const gate = new Gate();
  const finished = Promise.withResolvers<void>();
  let http: HttpServer | undefined;
  let answer: Answer;
  let replacing: Promise<void> | undefined;
  let closed: Promise<void> | undefined;

  async function stop(): Promise<void> {
    await replacing?.catch(() => {});
    opened.quieten();
    await http?.close();
    try {
      await opened.close();
    } finally {
      await logs.flush();
    }
  }

  const close = () => closed ??= stop().then(finished.resolve, finished.reject);

  /** Ends the server where it cannot go on; the next one begins with what is on the disk. */
  function giveUp(reason: unknown): void {
    const end = () => finished.reject(reason);
    closed ??= stop().then(end, end);
  }

  const around: BackendSurroundings = {
    logs,
    clock,
    backups: new Backups({
      store: snapshots,
      dataDir,
      clock,
      replaceData: (from) => replacing = replaceData(from),
    }),
    // Later, so that the answer to the request that asked for it is sent first.
    shutdown: () => void setTimeout(close, 50),
    listen(next) {
      answer = next;
      http ??= new HttpServer(
        options.ports,
        (request, remoteAddress) =>
          gate.pass((hasWaited) => answer(request, { remoteAddress, hasWaited })),
      );
      return http.port;
    },
  };

  /** Puts other data in the place of these, and answers whoever asks out of them. */
  async function replaceData(from: string): Promise<void> {
    await requireOpenable(from, options.engine);
    await using prepared = await prepareData(dataDir, from);
    // Whoever asked for it waits for the answer.
    await gate.shut(GRACE_MS, 1, () => swap(prepared));
    await onReplaced?.();
    // The restore is done, and the next start tries again.
    await dropReplaced(dataDir).catch((error) =>
      logs.writer("insforge.logs").warn("The replaced data are still there", {
        error: error.message,
      })
    );
  }

  async function swap(prepared: PreparedData): Promise<void> {
    opened.quieten();
    await opened.close().catch((error) => {
      // What has not closed may still write where others would.
      giveUp(error);
      throw error;
    });
    try {
      await prepared.replace().catch(async (error) => {
        if (!isReplacing(dataDir) || !await makeRoom?.()) throw error;
        await finishReplacingData(dataDir);
      });
      opened = await openAgain();
    } catch (error) {
      await goBack().catch(giveUp);
      throw error;
    }
  }

  async function goBack(): Promise<void> {
    if (isReplacing(dataDir)) throw new Error(`The data of ${dataDir} cannot be replaced`);
    await takeDataBack(dataDir);
    opened = await openAgain();
  }

  /** The data say what they are in, whatever was asked for as the server started. */
  async function openAgain(): Promise<OpenBackend> {
    const { engine, postgresPorts } = options;
    const next = await openBackend({
      ...options,
      engine: { programs: engine?.programs },
      thread: undefined,
      objects: undefined,
      postgresPorts: postgresPorts && [opened.backend.postgresPort ?? 0, ...postgresPorts],
    }, around);
    next.backend.jobs.begin();
    return next;
  }

  let opened = await openBackend(options, around).catch(async (error) => {
    await http?.close();
    await logs.flush();
    throw error;
  });
  const { url, keys: { apiKey, anonKey } } = opened.backend;
  return {
    port: http!.port,
    url,
    get postgresPort() {
      return opened.backend.postgresPort;
    },
    apiKey,
    anonKey,
    get database() {
      return opened.backend.database;
    },
    beginJobs: () => opened.backend.jobs.begin(),
    routes: opened.routes,
    close,
    finished: finished.promise,
  };
}
