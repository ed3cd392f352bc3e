import { fromFileUrl } from "@std/path";
import { type RunningServer, startServer } from "../../src/server/server.ts";
import type { EngineWish } from "../../src/server/database/engine_options.ts";
import { findPostgres } from "../../src/shared/postgres/programs.ts";
import type { NpmConfig } from "../../src/shared/packages/npm_config.ts";
import { requireSilentLogs } from "./secrets.ts";

/** A local backend of a test's own, in a temporary directory. */
export interface TestBackend {
  url: string;
  port: number;
  /** Where clients of PostgreSQL are answered, if they are. */
  postgresPort?: number;
  apiKey: string;
  anonKey: string;
  dataDir: string;
  database: RunningServer["database"];
  /** Resolves once it has ended; rejects where it had to. */
  finished: Promise<void>;
  /** Everything that it answers. */
  routes: RunningServer["routes"];
  /**
   * Sends a request as the project's owner, or as whoever `key` belongs to; `null` sends no
   * credential.
   */
  request(
    method: string,
    path: string,
    body?: unknown,
    options?: { key?: string | null; headers?: Record<string, string> },
  ): Promise<TestResponse>;
  /** Runs SQL and returns its rows; `unrestricted` runs it as the superuser. */
  sql(query: string, options?: { params?: unknown[]; unrestricted?: boolean }): Promise<Row[]>;
  /** Stops the server; its directory is removed unless `keep` is set. */
  close(options?: { keep?: boolean }): Promise<void>;
}

// deno-lint-ignore no-explicit-any
export type Row = Record<string, any>;

export interface TestResponse {
  status: number;
  headers: Headers;
  /** Parsed when it is JSON, else text. */
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** `INSFORGE_TEST_ENGINE=postgres` runs the tests on an installed PostgreSQL instead of PGlite. */
export const TEST_ENGINE: EngineWish | undefined =
  Deno.env.get("INSFORGE_TEST_ENGINE") === "postgres"
    ? { kind: "postgres", programs: findPostgres({ env: (name) => Deno.env.get(name) }) }
    : undefined;

/** The embedded PostgreSQL, for tests of what it alone has, whichever the others run on. */
export const PGLITE: EngineWish = { kind: "pglite" };

export interface TestBackendOptions {
  /** A directory that is there already, such as that of a server before. */
  dataDir?: string;
  /** Milliseconds that one SQL statement may take. */
  statementTimeout?: number;
  clock?: () => Date;
  /** Answer as InsForge does also where that is a defect. */
  strict?: boolean;
  /** How models are reached. */
  ai?: { url?: string; echo?: boolean };
  /** Address that is asked in the place of Stripe's. */
  stripeUrl?: string;
  /** Which PostgreSQL is beneath; that of {@link TEST_ENGINE}, unless given. */
  engine?: EngineWish;
  /** Ports for clients of PostgreSQL. */
  postgresPorts?: number[];
  /** The S3 store that objects are kept in. */
  objects?: { url: string; accessKeyId: string; secretAccessKey: string };
  /** The command line that functions run by; the checkout's, unless given. */
  self?: string[];
  /** Milliseconds that a function may take to answer. */
  functionTimeout?: number;
  /** Where packages come from that functions import. */
  packages?: { config: NpmConfig; cacheFolder?: string };
}

/** The command line that runs the CLI from this checkout. */
export const CHECKOUT = [fromFileUrl(new URL("../../scripts/insforge", import.meta.url))];

let compiled: WebAssembly.Module | undefined;

/**
 * Has PGlite compiled once for all backends of a test file: V8 shares what it has compiled among
 * threads, as long as one of them holds it.
 */
export function holdPglite(): void {
  compiled ??= new WebAssembly.Module(
    Deno.readFileSync(new URL("pglite.wasm", import.meta.resolve("@electric-sql/pglite"))),
  );
}

/** Starts the real backend on a free port, over a real database. */
export async function startBackend(options: TestBackendOptions = {}): Promise<TestBackend> {
  if (!TEST_ENGINE) holdPglite();
  const dataDir = options.dataDir ?? await Deno.makeTempDir({ prefix: "insforge-test-" });
  const server = await startServer({
    ports: [0],
    version: "0.0.0-test",
    self: CHECKOUT,
    snapshots: `${dataDir}-snapshots`,
    engine: TEST_ENGINE,
    ...options,
    dataDir,
  });
  server.beginJobs();
  const { url, port, postgresPort, apiKey, anonKey, routes, finished } = server;

  const request: TestBackend["request"] = async (
    method,
    path,
    body,
    { key = apiKey, headers } = {},
  ) => {
    const isJson = body !== undefined && !(body instanceof FormData) &&
      !(body instanceof Uint8Array);
    const response = await fetch(url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(isJson ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      body: isJson ? JSON.stringify(body) : body as BodyInit | undefined,
    });
    const text = await response.text();
    const json = response.headers.get("content-type")?.includes("json") && text !== "";
    return {
      status: response.status,
      headers: response.headers,
      body: json ? JSON.parse(text) : text,
    };
  };

  return {
    url,
    port,
    postgresPort,
    apiKey,
    anonKey,
    dataDir,
    get database() {
      return server.database;
    },
    finished,
    routes,
    request,
    async sql(query, { params, unrestricted } = {}) {
      const path = `/api/database/advance/rawsql${unrestricted ? "/unrestricted" : ""}`;
      const { status, body } = await request("POST", path, { query, params });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)} for: ${query}`);
      return body.rows;
    },
    async close({ keep = false } = {}) {
      await server.close();
      await requireSilentLogs(dataDir);
      if (keep) return;
      await Deno.remove(dataDir, { recursive: true });
      await Deno.remove(`${dataDir}-snapshots`, { recursive: true }).catch(() => {});
    },
  };
}
