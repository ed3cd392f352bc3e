import { Hono } from "hono";
import { isThere } from "../files/real_path.ts";
import { isOnServer, STATE_FILES } from "../shared/contract/state.ts";
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
import { logs as logRoutes } from "./logs/routes.ts";
import { inbox, inboxPage } from "./mail/inbox_routes.ts";
import { Mailer } from "./mail/mailer.ts";
import type { ServerOptions } from "./server_options.ts";
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

/** What a backend is opened with. */
export type BackendOptions = Omit<ServerOptions, "ports" | "snapshots" | "clock" | "onReplaced">;

/** Answers one request, of which something is known beside what it says. */
export type Answer = (
  request: Request,
  known: RequestVariables["Bindings"],
) => Response | Promise<Response>;

/** What stays when a backend is closed and another one opened, over other data. */
export interface BackendSurroundings extends Pick<LocalBackend, "backups" | "clock" | "logs"> {
  /** Ends the server, after the answer that is under way. */
  shutdown(): void;
  /** Has requests answered by this backend from now on. @returns the port */
  listen(answer: Answer): number;
}

/** A backend that answers, from the opening of its data to their closing. */
export interface OpenBackend {
  readonly backend: LocalBackend;
  /** Everything that is answered. */
  readonly routes: Hono["routes"];
  /** Ends what would go on for as long as its client does. */
  quieten(): void;
  /** Stops everything; what runs is waited for, though not for ever. */
  close(): Promise<void>;
}

/** Opens the data of a directory, and has them answered. */
export async function openBackend(
  options: BackendOptions,
  { logs, clock, backups, shutdown, listen }: BackendSurroundings,
): Promise<OpenBackend> {
  const { dataDir, statementTimeout = 30_000, strict = false, ai = {} } = options;
  const logger = logs.writer("insforge.logs");
  const sqlLog = logs.writer("postgres.logs");
  const hadDatabase = options.thread?.opening?.hadDatabase ??
    (isThere(`${dataDir}/${STATE_FILES.postgres}`) || isOnServer(dataDir));
  const engine: Engine = await openEngine({
    dataDir,
    logger,
    wish: options.engine,
    ports: options.postgresPorts,
    packages: options.packages,
    strict,
    isDataThere: options.isDataThere,
    makeRoom: options.makeRoom,
    thread: options.thread,
  });
  const sql = new Database({ engine, sqlLog, statementTimeout });
  const jobs = new Jobs(logger);
  const closing = new AbortController();
  let wire: WireServer | undefined;
  let hub: Hub | undefined;
  let closed: Promise<void> | undefined;

  function quieten(): void {
    closing.abort();
    hub?.close();
  }

  async function stop(): Promise<void> {
    quieten();
    await wire?.close();
    await jobs.close();
    await sql.close();
  }

  const close = () => closed ??= stop();
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
    const { version, self, functionTimeout, packages, stripeUrl } = options;
    const services = {
      database: sql,
      schemas: new SchemaCache(sql),
      keys,
      files,
      logger,
      logs,
      jobs,
      backups,
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
      shutdown,
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
    const port = listen((request, known) => app.fetch(request, known));
    backend.url = `http://127.0.0.1:${port}`;
    if (options.postgresPorts) {
      if (engine instanceof PgliteEngine) {
        wire = listenForClients(backend, engine, options.postgresPorts);
      }
      backend.postgresPort = wire?.port ?? engine.address?.port;
    }
    jobs.run("Reading the settings", () => readSettings(backend));
    return { backend, routes: app.routes, quieten, close };
  } catch (error) {
    await close();
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
