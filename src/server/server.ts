import { Hono } from "hono";
import { isThere } from "../files/real_path.ts";
import { STATE_FILES } from "../shared/contract/state.ts";
import type { StoreAccess } from "../shared/contract/storage_url.ts";
import type { AiOptions } from "./ai/types.ts";
import { advisor } from "./advisor/routes.ts";
import { ai } from "./ai/routes.ts";
import { auth } from "./auth/routes.ts";
import { userTokens } from "./auth/user_tokens.ts";
import { control } from "./control.ts";
import { records } from "./data_api/records.ts";
import { rpc } from "./data_api/rpc.ts";
import { SchemaCache } from "./data_api/schema/schema_cache.ts";
import { Database } from "./database/client.ts";
import type { Engine } from "./database/engine.ts";
import type { EngineOptions, EngineWish } from "./database/engine_options.ts";
import { openEngine } from "./database/open_engine.ts";
import { PgliteEngine } from "./database/pglite_engine.ts";
import { messageWithoutValues } from "./database/without_values.ts";
import { database } from "./database/routes.ts";
import { listenForClients, type WireServer } from "./database/wire/listen.ts";
import { deployments } from "./deployments/routes.ts";
import { docs } from "./docs/routes.ts";
import { functions } from "./functions/routes.ts";
import { ApiError, retryHeaders, toEnvelope } from "./http/api_error.ts";
import { health } from "./health.ts";
import { allowOrigins, requireLoopbackHost } from "./http/host.ts";
import { Jobs } from "./jobs.ts";
import { jwks } from "./keys/jwks.ts";
import { Keys } from "./keys/keys.ts";
import { HttpServer } from "./http/http_server.ts";
import { logs as logRoutes } from "./logs/routes.ts";
import { Logs } from "./logs/sources.ts";
import { inbox, inboxPage } from "./mail/inbox_routes.ts";
import { Mailer } from "./mail/mailer.ts";
import type { StoredMail } from "./mail/message.ts";
import { email } from "./mail/routes.ts";
import { memory } from "./memory/routes.ts";
import { metadata } from "./metadata/routes.ts";
import { requestLog } from "./http/request_log.ts";
import { requireWellFormed } from "./http/well_formed.ts";
import type { Area, LocalBackend, RequestVariables } from "./services.ts";
import { readSettings } from "./settings.ts";
import { webhooks } from "./payments/events.ts";
import { payments } from "./payments/routes.ts";
import { Hub } from "./realtime/hub.ts";
import { realtime } from "./realtime/routes.ts";
import { sockets } from "./realtime/sockets.ts";
import { schedules } from "./schedules/routes.ts";
import { secrets } from "./secrets/routes.ts";
import { isEncrypting } from "./secrets/encrypted.ts";
import { SecretStore } from "./secrets/store.ts";
import { openObjectFiles } from "./storage/open_files.ts";
import { storage } from "./storage/routes.ts";
import { s3 } from "./storage/s3/routes.ts";
import { usage } from "./metadata/usage.ts";

/** Every area of the backend, by the path that it answers below. */
const AREAS: Record<string, (backend: LocalBackend) => Area> = {
  "/api/health": health,
  "/.well-known/jwks.json": jwks,
  "/api/.well-known/jwks.json": jwks,
  "/api/auth": auth,
  "/api/email": email,
  "/api/local/mail": inbox,
  "/api/local/tokens": userTokens,
  "/mail": inboxPage,
  "/api/metadata": metadata,
  "/api/database/rpc": rpc,
  "/api/database/records": records,
  "/api/database": database,
  "/api/logs": logRoutes,
  "/api/schedules": schedules,
  "/api/storage": storage,
  "/storage/v1/s3": s3,
  "/api/realtime": realtime,
  "/socket.io/": sockets,
  "/api/ai": ai,
  "/api/memory": memory,
  "/api/advisor": advisor,
  "/api/payments": payments,
  "/api/webhooks": webhooks,
  "/api/secrets": secrets,
  "/api/deployments": deployments,
  "/api/docs": docs,
  "/": functions,
  "/api/usage": usage,
  "/api/local": control,
};

export interface ServerOptions {
  /** Absolute path of the data directory, created when absent. */
  dataDir: string;
  /** Ports to try in turn; 0 takes any free one. */
  ports: Iterable<number>;
  /** Ports for clients of PostgreSQL, to try in turn; without any they are not answered. */
  postgresPorts?: Iterable<number>;
  /** Which PostgreSQL is wanted beneath. */
  engine?: EngineWish;
  thread?: EngineOptions["thread"];
  /** The S3 store that objects are kept in; that of the data directory, or itself, unless given. */
  objects?: StoreAccess;
  version: string;
  /** Answer as InsForge does also where that is a defect. */
  strict?: boolean;
  /** The command line that runs this program; functions run in processes of it. */
  self: readonly string[];
  /** Makes room on a full disk, so that the database can be opened; false when it cannot. */
  makeRoom?(): Promise<boolean>;
  /** Milliseconds that one SQL statement may take. */
  statementTimeout?: number;
  /** Milliseconds that a function may take to answer; 60 000 unless given. */
  functionTimeout?: number;
  /** Where packages come from that functions import; npm's public registry, unless given. */
  packages?: LocalBackend["packages"];
  /** How models are reached; by OpenRouter when there is a key, unless given. */
  ai?: AiOptions;
  /** Address that is asked in the place of Stripe's. */
  stripeUrl?: string;
  clock?: () => Date;
  /** Told of every mail that the backend sends. */
  onMail?(mail: StoredMail): void;
}

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
  const {
    dataDir,
    version,
    self,
    functionTimeout,
    packages,
    ai = {},
    stripeUrl,
    statementTimeout = 30_000,
    strict = false,
    clock = () => new Date(),
  } = options;
  await Deno.mkdir(`${dataDir}/${STATE_FILES.logs}`, { recursive: true, mode: 0o700 });
  const logs = new Logs(dataDir, clock);
  const logger = logs.writer("insforge.logs");
  const sqlLog = logs.writer("postgres.logs");
  const hadDatabase = [STATE_FILES.postgres, STATE_FILES.engine]
    .some((name) => isThere(`${dataDir}/${name}`));
  const engine: Engine = await openEngine({
    dataDir,
    logger,
    wish: options.engine,
    ports: options.postgresPorts,
    packages,
    strict,
    makeRoom: options.makeRoom,
    thread: options.thread,
  });
  const sql = new Database({ engine, sqlLog, statementTimeout });
  const jobs = new Jobs(logger);
  const finished = Promise.withResolvers<void>();
  let http: HttpServer | undefined;
  let wire: WireServer | undefined;
  let hub: Hub | undefined;
  let closed: Promise<void> | undefined;
  const closing = new AbortController();

  async function stop(): Promise<void> {
    closing.abort();
    hub?.close();
    await http?.close();
    await wire?.close();
    await jobs.close();
    await sql.close();
    await logs.flush();
  }

  const close = () => closed ??= stop().then(finished.resolve, finished.reject);
  try {
    const opened = sql.open();
    // Whoever waits for it is told.
    opened.catch(() => {});
    const [keys, files] = await Promise.all([
      Keys.load(
        `${dataDir}/${STATE_FILES.keys}`,
        clock,
        // A new directory is asked nothing: it may share its PostgreSQL with those that have keys.
        async (hasKeys) => (hasKeys || hadDatabase) && await opened.then(() => isEncrypting(sql)),
      ),
      openObjectFiles(dataDir, options.objects),
    ]);
    const services = {
      database: sql,
      schemas: new SchemaCache(sql),
      keys,
      files,
      logger,
      logs,
      jobs,
      dataDir,
      url: "",
      postgresPort: undefined as number | undefined,
      version,
      strict,
      self,
      functionTimeout,
      packages,
      ai,
      stripeUrl,
      closing: closing.signal,
      clock,
      // Later, so that the answer to the request that asked for it is sent first.
      shutdown: () => void setTimeout(close, 50),
    };
    const backend = Object.assign(services, {
      secrets: new SecretStore(services),
      mailer: new Mailer({ ...services, onMail: options.onMail }),
      hub: new Hub(services),
    });
    hub = backend.hub;
    const app = createApp(backend);
    await opened;
    // Servers that share a PostgreSQL have copies of the file, which must hold every key by then.
    if (engine.address) await keys.signingKey();
    http = new HttpServer(
      options.ports,
      (request, remoteAddress) => app.fetch(request, { remoteAddress }),
    );
    const { port } = http;
    backend.url = `http://127.0.0.1:${port}`;
    if (options.postgresPorts) {
      if (engine instanceof PgliteEngine) {
        wire = listenForClients(backend, engine, options.postgresPorts);
      }
      backend.postgresPort = wire?.port ?? engine.address?.port;
    }
    jobs.run("Reading the settings", () => readSettings(backend));
    const { apiKey, anonKey } = keys;
    return {
      port,
      url: backend.url,
      postgresPort: backend.postgresPort,
      apiKey,
      anonKey,
      database: sql,
      beginJobs: () => jobs.begin(),
      routes: app.routes,
      close,
      finished: finished.promise,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createApp(backend: LocalBackend): Hono<RequestVariables> {
  const app = new Hono<RequestVariables>();
  app.use(requestLog(backend.logger), allowOrigins, requireLoopbackHost, requireWellFormed);
  for (const [path, area] of Object.entries(AREAS)) app.route(path, area(backend));
  app.notFound((context) => {
    throw new ApiError(
      404,
      "NOT_FOUND",
      `There is no ${context.req.method} ${context.req.path}`,
      "Check the path and the method.",
    );
  });
  app.onError((error, context) => {
    const envelope = toEnvelope(error);
    if (envelope.statusCode === 500) {
      backend.logger.error(messageWithoutValues(error), { path: context.req.path });
    }
    return context.json(envelope, envelope.statusCode, retryHeaders(envelope.statusCode));
  });
  return app;
}
